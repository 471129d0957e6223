// The dashboard in a real browser, of a real perfd on its private network.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from './browser.js';
import { eventually, Station } from './station.js';

const station = new Station();
let browser;
const KINDS = ['download', 'upload', 'resolve', 'page', 'allocation'];

before(async () => {
  await station.start();
  browser = await launch();
  let kinds;
  await eventually(async () => {
    kinds = await station.kinds();
    return KINDS.every((kind) => kinds.has(kind));
  }, 150, () => `only ${[...kinds].join(', ')} were measured:\n${station.lines.join('\n')}`);
});

after(async () => {
  await browser?.close();
  await station.stop();
});

const visit = (hash, options) => open(browser, station.address, hash, options);

// Nothing went wrong, and nobody else was asked.
function allWell({ complaints, hosts }) {
  assert.deepEqual(complaints, []);
  assert.deepEqual([...hosts], [new URL(station.address).origin]);
}

// What each view shows when it has something.
const VIEWS = {
  overview: ['table.cards tbody tr', '.canvas canvas', '.health'],
  distributions: ['.canvas canvas', 'table tbody tr'],
  throughput: ['.canvas canvas', 'table tbody tr'],
  circuits: ['.canvas canvas', 'table tbody tr'],
  failures: ['figure .canvas', 'table tbody tr'],
  guards: ['table tbody tr'],
  allocation: ['.boxes .box', '.canvas canvas'],
  pages: ['.milestone .middle', '.picture img', '.canvas canvas'],
  week: ['table.week td a'],
  compare: ['.lead select', 'table tbody tr, .nothing'],
  measurements: ['table tbody tr'],
  status: ['table tbody tr', '.facts'],
  'experiment/download-50k': ['.canvas canvas', 'table tbody tr'],
};

for (const [view, wanted] of Object.entries(VIEWS))
  test(`${view} shows what was measured`, async () => {
    const visited = await visit(`#/${view}`);
    const { page } = visited;
    for (const selector of wanted) await page.waitForSelector(selector, { timeout: 20000 });
    assert.equal(await page.locator('.nothing.bad').count(), 0, await page.locator('.nothing.bad').allInnerTexts().then(String));
    assert.match(await page.title(), /perfd/);
    assert.equal(await page.locator('nav a[aria-current=page]').count(), view.includes('/') ? 0 : 1);
    await page.waitForLoadState('load');
    allWell(visited);
    await visited.close();
  });

test('a phone shows every view without scrolling sideways', async () => {
  const visited = await visit('#/overview', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  for (const [view, [first]] of Object.entries(VIEWS)) {
    await visited.page.evaluate((hash) => { location.hash = hash; }, `#/${view}`);
    await visited.page.waitForSelector(first, { timeout: 20000 });
    const wider = await visited.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${view} is ${wider} px wider than the screen`);
  }
  allWell(visited);
  await visited.close();
});

test('dark is dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const visited = await visit('#/overview', { colorScheme });
    await visited.page.waitForSelector('.canvas canvas');
    const [text, page] = await visited.page.evaluate(() => {
      const style = getComputedStyle(document.body);
      const brightness = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      return [brightness(style.color), brightness(style.backgroundColor)];
    });
    assert.equal(page < text, colorScheme === 'dark');
    allWell(visited);
    await visited.close();
  }
});

test('a new result appears without a reload', async () => {
  const visited = await visit('#/measurements?since=1h');
  const { page } = visited;
  await page.waitForSelector('table tbody tr');
  await page.waitForSelector('.news.live');
  const newest = () => page.locator('table tbody tr a').first().getAttribute('href');
  const was = await newest();
  await eventually(async () => (await newest()) !== was, 60, () => 'no new row within a minute');
  allWell(visited);
  await visited.close();
});

test('filters and span are in the address, and a copy of it shows the same', async () => {
  const visited = await visit('#/measurements');
  const { page } = visited;
  await page.waitForSelector('table tbody tr');
  await page.getByText('Experiment: all').click();
  await page.getByLabel('upload-1m').check();
  await page.waitForURL(/experiment=upload-1m/);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: '6 hours' }).click();
  await page.waitForURL(/since=6h/);
  const kinds = async (of) => new Set(await of.locator('table tbody tr td:nth-child(3)').allInnerTexts());
  await eventually(async () => [...(await kinds(page))].join() === 'upload', 20);
  const copy = await visit(new URL(page.url()).hash);
  await copy.page.waitForSelector('table tbody tr');
  assert.deepEqual(await kinds(copy.page), new Set(['upload']));
  assert.equal(await copy.page.locator('.choices a[aria-current]').innerText(), '6 hours');
  await page.goBack();
  await page.waitForURL((url) => !url.hash.includes('since=6h'));
  allWell(visited);
  await copy.close();
  await visited.close();
});

test('a step of a plot leads, by keys, to exactly its measurements', async () => {
  const visited = await visit('#/experiment/download-50k');
  const { page } = visited;
  await page.locator('.canvas').first().focus();
  await page.keyboard.press('Home');
  const told = await page.locator('.reading.reads').first().innerText();
  assert.match(told, /median .* of \d+|none succeeded/);
  const of = Number(/of (\d+)/.exec(told)[1]);
  await page.keyboard.press('Enter');
  await page.waitForURL(/measurements\?/);
  await page.waitForSelector('table tbody tr');
  assert.match(page.url(), /experiment=download-50k/);
  assert.match(page.url(), /since=.*until=/);
  await eventually(async () => (await page.locator('table tbody tr').count()) === Math.min(of, 100), 10,
    () => `not the ${of} that the plot told of`);
  allWell(visited);
  await visited.close();
});

test('a tor that is chosen narrows the circuits, and all answers are there', async () => {
  const visited = await visit('#/circuits?instance=default');
  const { page } = visited;
  await page.waitForSelector('table:has(caption:text("Circuits by tor"))', { timeout: 20000 });
  await page.waitForFunction(() => document.querySelectorAll('.waiting').length === 0);
  assert.deepEqual(await page.locator('.nothing.bad').allInnerTexts(), []);
  const tors = await page.locator('table:has(caption:text("Circuits by tor")) tbody th').allInnerTexts();
  assert.ok(tors.length > 0);
  assert.deepEqual([...new Set(tors)], ['default']);
  allWell(visited);
  await visited.close();
});

test('an hour of the week leads to its measurements of the whole span', async () => {
  const visited = await visit('#/week');
  const { page } = visited;
  const cell = page.locator('table.week td a').first();
  await cell.waitFor();
  assert.match(await cell.getAttribute('href'), /[?&]since=7d(&|$)/);
  await cell.click();
  await page.waitForSelector('table tbody tr');
  allWell(visited);
  await visited.close();
});

test('a measurement has a page with its drawing, marks, stream and circuit', async () => {
  const visited = await visit('#/measurements?experiment=download-1m&outcome=ok');
  const { page } = visited;
  await page.locator('table tbody tr a').first().click();
  await page.waitForURL(/measurement\/[0-9A-Z]{26}/);
  for (const heading of ['Marks', 'Stream', 'Circuit'])
    await page.locator('h2', { hasText: heading }).first().waitFor();
  for (const mark of ['START', 'DATARESPONSE', 'DATACOMPLETE', 'FIRST_BYTE']) await page.getByText(mark, { exact: true }).first().waitFor();
  await eventually(() => page.locator('.picture img').evaluate((image) => image.complete && image.naturalWidth > 300), 10);
  // The heading has the focus, so that a screen reader tells where its user is now.
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  allWell(visited);
  await visited.close();
});

test('every CSV that is offered is one', async () => {
  const visited = await visit('#/overview');
  const { page } = visited;
  const seen = new Set();
  for (const [view, [first]] of Object.entries(VIEWS)) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${view}`);
    await page.waitForSelector(first, { timeout: 20000 });
    for (const href of await page.locator('a', { hasText: 'CSV' }).evaluateAll((links) => links.map((link) => link.href))) seen.add(href);
  }
  assert.ok(seen.size >= 10, `only ${seen.size}`);
  for (const href of seen) {
    const answer = await fetch(href);
    assert.equal(answer.status, 200, href);
    assert.match(answer.headers.get('content-type'), /text\/csv/, href);
    assert.match((await answer.text()).split('\n')[0], /^[a-z_0-9]+(,[a-z_0-9]+)+\r?$/, href);
  }
  await visited.close();
});

test('without an answer it says so, and mends itself', async () => {
  let broken = true;
  const visited = await visit('#/failures', {
    before: (page) => page.route('**/api/v1/failures*', (route) => (broken ? route.abort() : route.continue())),
  });
  const { page } = visited;
  await page.locator('.nothing.bad[role=alert]').waitFor();
  broken = false;
  await page.locator('figure .canvas').waitFor({ timeout: 20000 });
  assert.equal(await page.locator('.nothing.bad').count(), 0);
  // What is shown stays, and is called old, when perfd is gone.
  broken = true;
  await page.locator('.banner').waitFor({ timeout: 90000 });
  assert.match(await page.locator('.banner').innerText(), /No answer since/);
  assert.ok(await page.locator('figure .canvas').count());
  await visited.close();
});

test('where nothing was measured it says so', async () => {
  for (const view of Object.keys(VIEWS).filter((name) => !['overview', 'status', 'circuits', 'guards'].includes(name))) {
    const visited = await visit(`#/${view}?since=2001-01-01&until=2001-01-02`);
    await visited.page.locator('.nothing').first().waitFor();
    assert.equal(await visited.page.locator('.nothing.bad').count(), 0, view);
    allWell(visited);
    await visited.close();
  }
});

test('an address that is wrong says what is wrong', async () => {
  const wrong = await visit('#/failures?since=yesterday');
  assert.match(await wrong.page.locator('.nothing.bad').first().innerText(), /“yesterday” .* no time/);
  await wrong.close();
  const none = await visit('#/nowhere');
  await none.page.getByText('There is no view “nowhere”').waitFor();
  await none.close();
  const gone = await visit('#/measurement/01KAV9FT000000000000000000');
  await gone.page.locator('.nothing.bad').waitFor();
  await gone.close();
});

test('the key figures need no script', async () => {
  const visited = await visit('', { javaScriptEnabled: false });
  const text = await visited.page.locator('#summary').innerText();
  assert.match(text, /download-50k[\s\S]*(ms|s)\b/);
  assert.match(text, /24 hours/);
  allWell(visited);
  await visited.close();
});

test('the page forbids itself to ask anybody else', async () => {
  const answer = await fetch(`${station.address}/`);
  const policy = answer.headers.get('content-security-policy');
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(rule), rule);
  const page = await answer.text();
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});

test('the first thing is seen within half a second', async () => {
  const times = [];
  // The best of some: how busy the machine is says nothing about the page.
  for (let i = 0; i < 10 && !times.some((time) => time < 500); i += 1) {
    const visited = await visit('#/overview');
    await visited.page.waitForSelector('.canvas canvas');
    times.push(await visited.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    await visited.close();
  }
  assert.ok(Math.min(...times) < 500, `${times.map(Math.round).join(', ')} ms`);
});
