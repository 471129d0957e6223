// The dashboard takes over the page that the server has rendered.
import { render } from 'preact';
import './style/main.css';
import { App } from './app.js';
import { html } from './parts/html.js';
import { start as startLive } from './state/live.js';
import { start as startStatus } from './state/status.js';

const root = document.getElementById('perfd');
const summary = document.getElementById('summary')?.innerHTML ?? null;
root.textContent = '';
startStatus();
startLive();
render(html`<${App} summary=${summary} />`, root);
