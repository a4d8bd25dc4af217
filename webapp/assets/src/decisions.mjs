// The decision editor of a draft: tables, requirements graph, literal expressions; see src/decisions/ for its parts.
// The library's own modules are bundled, not its prebuilt file: that one holds a development build of its renderer.
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './decisions/editor.css';
import { readOptions, DraftFile } from './draft_saving.mjs';
import { Modeler } from './decisions/modeler.mjs';
import { missing, say, translateModule } from './decisions/words.mjs';

const KIND = { drd: 'View DRD', decisionTable: 'Decision table', literalExpression: 'Literal expression' };

/** Offer the views of the file: its graph, and each decision. */
function drawViews(place, modeler) {
  const current = modeler.getActiveView();
  place.replaceChildren(...modeler.getViews().map(view => {
    const item = document.createElement('li'), button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'chip', textContent: view.type === 'drd' ? say('View DRD') : `${say(KIND[view.type])} ${view.element.name ?? view.id}` });
    if (current && view.element === current.element) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => modeler.open(view));
    item.append(button);
    return item;
  }));
}

/** Mark the rules that the server found to match together. */
function markRules(root, modeler) {
  const id = modeler.getActiveView()?.element.id;
  const numbers = root.querySelector(`[data-overlapping="${CSS.escape(id ?? '')}"]`)?.textContent.split(' ') ?? [];
  root.querySelectorAll('.decision-canvas .tjs-container tbody tr').forEach((row, at) => row.toggleAttribute('data-overlap', numbers.includes(String(at + 1))));
}

async function start({ root, options }) {
  const part = name => root.querySelector(`[data-part="${name}"]`);
  const own = { additionalModules: [translateModule] };
  const modeler = new Modeler({ container: part('canvas'), drd: own, decisionTable: own, literalExpression: own });
  const drawn = () => { drawViews(part('views'), modeler); markRules(root, modeler); };
  const write = async text => {
    const { warnings } = await modeler.importXML(text);
    if (warnings.length) file.tell(warnings.map(each => each.message).join(' '));
  };
  const showFindings = async () => {
    const response = await fetch(options.urls.findings, { credentials: 'same-origin' });
    if (!response.ok) return;
    part('findings').innerHTML = await response.text();
    markRules(root, modeler);
  };
  const file = new DraftFile(root, options, { read: async () => (await modeler.saveXML({ format: true })).xml, write, onSaved: showFindings });
  const listened = new WeakSet();
  const listen = () => {
    const bus = modeler.getActiveViewer()?.get('eventBus');
    if (!bus || listened.has(bus)) return;
    listened.add(bus);
    bus.on('commandStack.changed', () => { file.touch(); requestAnimationFrame(() => markRules(root, modeler)); });
  };
  modeler.on('views.changed', () => { listen(); drawn(); });
  try {
    await file.open();
  } catch (error) {
    file.tell(options.words.unreadable.replace('{message}', error.message));
    return;
  }
  listen();
  drawn();
  const act = (name, does) => root.querySelector(`[data-act="${name}"]`).addEventListener('click', does);
  const stack = () => modeler.getActiveViewer()?.get('commandStack');
  act('undo', () => stack()?.canUndo() && stack().undo());
  act('redo', () => stack()?.canRedo() && stack().redo());
  Object.assign(root, { modeler, draftFile: file, missingWords: missing });
  root.dataset.ready = 'true';
}

const page = readOptions();
if (page) start(page);
