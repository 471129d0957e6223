// Debian's Chromium. Every page is watched: what its console complains of, and whom it asks.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const fetched = createRequire(join(process.env.PERFD_DASHBOARD_PACKAGES, 'package.json'));
const { chromium } = fetched('playwright-core');

export const launch = () =>
  chromium.launch({
    executablePath: process.env.PERFD_CHROMIUM ?? '/usr/bin/chromium',
    // Its sandbox wants rights that root in a namespace has not; the pages are our own.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });

// {page, complaints, hosts, close}
export async function open(browser, address, hash, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  const hosts = new Set();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).origin);
  });
  await options.before?.(page);
  await page.goto(`${address}/${hash}`);
  return { page, complaints, hosts, close: () => context.close() };
}
