// Two diagrams side by side. What changed is told by the page's own comparison, never found here.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import './diff.css';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';

const SIGNS = { added: '＋', removed: '－', changed: '✎', moved: '⇄' };

/** A sign at the corner of a shape, or in the middle of a flow: colour is never alone. */
const sign = (element, mark, words) => {
  const html = document.createElement('div');
  html.className = `diff-sign diff-sign-${mark}`;
  html.textContent = SIGNS[mark];
  html.title = words[mark] ?? '';
  if (!element.waypoints) return { position: { top: -11, right: 13 }, html };
  const middle = element.waypoints[Math.floor((element.waypoints.length - 1) / 2)];
  const left = Math.min(...element.waypoints.map(point => point.x)), top = Math.min(...element.waypoints.map(point => point.y));
  return { position: { left: middle.x - left + 6, top: middle.y - top - 11 }, html };
};

/** Draw one diagram with its marks: {container, xml, marks: {id: mark}, words: {mark: words}, whole}. */
async function draw({ container, xml, marks = {}, words = {}, whole = false }) {
  const viewer = new NavigatedViewer({ container });
  await viewer.importXML(xml);
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  const drawn = Object.entries(marks).filter(([id]) => registry.get(id));
  for (const [id, mark] of drawn) {
    canvas.addMarker(id, `diff-${mark}`);
    overlays.add(id, sign(registry.get(id), mark, words));
  }
  canvas.zoom('fit-viewport', 'auto');
  if (!whole && canvas.zoom() < 0.4 && drawn.length) show(viewer, drawn[0][0]);
  return viewer;
}

/** Bring an element to the middle, at a readable size. */
function show(viewer, id) {
  const canvas = viewer.get('canvas'), element = viewer.get('elementRegistry').get(id);
  if (!element) return false;
  const box = element.waypoints ? bounds(element.waypoints) : element;
  const { outer } = canvas.viewbox(), scale = 0.8;
  const width = outer.width / scale, height = outer.height / scale;
  canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
  return true;
}

const bounds = points => {
  const xs = points.map(point => point.x), ys = points.map(point => point.y);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
};

/** Frame the element that a line of the list names, in whichever diagram holds it. */
function focusOn(viewers, id) {
  for (const viewer of viewers) {
    const canvas = viewer.get('canvas');
    viewer.get('elementRegistry').forEach(element => canvas.removeMarker(element.id, 'diff-focus'));
    if (show(viewer, id)) canvas.addMarker(id, 'diff-focus');
  }
}

const viewers = {};
const ready = Promise.all([...document.querySelectorAll('script[data-diff]')].map(async block => {
  const container = document.getElementById(block.dataset.diff);
  const viewer = viewers[block.dataset.diff] = await draw({ container, ...JSON.parse(block.textContent) });
  const steps = { in: 1.25, out: 0.8 }, canvas = viewer.get('canvas');
  container.parentElement.querySelectorAll('button[data-zoom]').forEach(button => button.addEventListener('click', () =>
    canvas.zoom(button.dataset.zoom === 'fit' ? 'fit-viewport' : canvas.zoom() * steps[button.dataset.zoom], 'auto')));
  container.dataset.ready = 'yes';
}));

document.addEventListener('click', async event => {
  const link = event.target.closest('a[data-element]');
  if (!link) return;
  event.preventDefault();
  await ready;
  focusOn(Object.values(viewers), link.dataset.element);
  const frame = document.getElementById(link.hash.slice(1));
  frame.scrollIntoView({ block: 'center' });
  frame.focus({ preventScroll: true });
});
