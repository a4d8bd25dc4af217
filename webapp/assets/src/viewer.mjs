// The diagram of a case or of a process: done, now, counts, overdue, incidents. Never colour alone.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';

const badge = (kind, text, title) => {
  const node = document.createElement('div');
  node.className = `token token-${kind}`;
  node.textContent = text;
  node.title = title;
  return node;
};

/**
 * Draw a diagram with its tokens.
 * @param {object} options
 * @param {HTMLElement|string} options.container where to draw
 * @param {string} options.xml the BPMN diagram
 * @param {string[]} [options.done] ids of elements that are done
 * @param {string[]} [options.current] ids of elements that wait now
 * @param {Record<string, number>} [options.counts] running instances an element
 * @param {string[]} [options.overdue] ids of elements past their due date
 * @param {string[]} [options.incidents] ids of elements with an open incident
 * @param {Record<string, number>} [options.heat] how much time cases spend in an element, 1 to 4
 * @param {Record<string, string>} [options.times] words about the time an element takes
 * @param {Record<string, string>} [options.words] words for done, now, overdue, incident, running
 */
window.showDiagram = async ({ container, xml, done = [], current = [], counts = {}, overdue = [],
                              incidents = [], heat = {}, times = {}, words = {} }) => {
  const viewer = new NavigatedViewer({ container });
  await viewer.importXML(xml);
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  const mark = (id, marker, position, html) => {
    if (!registry.get(id)) return;
    canvas.addMarker(id, marker);
    if (html) overlays.add(id, { position, html });
  };
  done.filter(id => !current.includes(id)).forEach(id =>
    mark(id, 'is-done', { top: -10, right: 12 }, isFlow(registry.get(id)) ? null : badge('done', '✓', words.done ?? '')));
  current.forEach(id => mark(id, 'is-now', { bottom: 12, left: 8 }, badge('now', words.now ?? '', words.now ?? '')));
  overdue.forEach(id => mark(id, 'is-overdue', { bottom: 12, right: 12 }, badge('overdue', words.overdue ?? '', words.overdue ?? '')));
  incidents.forEach(id => mark(id, 'has-incident', { top: -12, right: 12 }, badge('incident', '!', words.incident ?? '')));
  Object.entries(counts).forEach(([id, count]) =>
    mark(id, 'is-running', { top: -12, left: -10 }, badge('count', String(count), words.running ?? '')));
  Object.entries(heat).forEach(([id, level]) => mark(id, `heat-${level}`));
  Object.entries(times).forEach(([id, text]) =>
    mark(id, 'has-time', { bottom: 12, left: 8 }, badge('time', text, words.time ?? '')));
  fit(canvas, registry, current);
  return viewer;
};

const isFlow = element => Boolean(element?.waypoints);

/** Show everything if it stays readable, else the first current element, or the start, at a readable size. */
function fit(canvas, registry, current) {
  canvas.zoom('fit-viewport', 'auto');
  const here = current.map(id => registry.get(id)).find(Boolean)
    ?? registry.find(element => element.type === 'bpmn:StartEvent');
  const box = canvas.viewbox();
  if (box.scale >= 0.55) return;
  const { outer } = box, scale = 0.75, width = outer.width / scale, height = outer.height / scale;
  const centre = here
    ? { x: here.x + here.width / 2 + (current.length ? 0 : width / 3), y: here.y + here.height / 2 }
    : { x: box.inner.x + width / 2, y: box.inner.y + box.inner.height / 2 };
  const within = (wanted, from, length, shown) =>
    Math.max(from - 20, Math.min(wanted, from + Math.max(length - shown, 0) + 20));
  canvas.viewbox({
    x: within(centre.x - width / 2, box.inner.x, box.inner.width, width),
    y: within(centre.y - height / 2, box.inner.y, box.inner.height, height),
    width, height,
  });
}

// A page says what to draw in a JSON block: <script type="application/json" data-diagram="#id">.
for (const block of document.querySelectorAll('script[data-diagram]')) {
  const container = document.querySelector(block.dataset.diagram);
  window.showDiagram({ container, ...JSON.parse(block.textContent) }).then(viewer => {
    const canvas = viewer.get('canvas');
    const steps = { in: 1.25, out: 0.8 };
    container.parentElement.querySelectorAll('button[data-zoom]').forEach(button =>
      button.addEventListener('click', () => canvas.zoom(
        button.dataset.zoom === 'fit' ? 'fit-viewport' : canvas.zoom() * steps[button.dataset.zoom], 'auto')));
  });
}
