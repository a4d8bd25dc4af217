// Wires the editor of one diagram: library, panel, saving, check, list of steps, dialogs.
import BpmnModeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import MinimapModule from 'diagram-js-minimap';
import { Checks } from './checks.mjs';
import { Conflict } from './conflict.mjs';
import { CopiedSteps } from './copying.mjs';
import { EnglishTexts } from './english.mjs';
import { StepInserter } from './insert.mjs';
import { readRows, writeRows } from './feel.mjs';
import { EditorMode } from './mode.mjs';
import { moddleExtensions } from './moddle.mjs';
import { Writer, eventDefinition } from './model.mjs';
import { OfficeProvider } from './provider.mjs';
import { STATES, Saving } from './saving.mjs';
import { AddDialog } from './adding.mjs';
import { StepList, inOrder, nameOf } from './steps.mjs';
import { Tools } from './tools.mjs';
import { missing, say, translateModule } from './words.mjs';
import { is } from 'bpmn-js/lib/util/ModelUtil';

const FORMAT = { format: true };

/** What the panel asks the page for: choices of the server, samples, the server's FEEL. */
function officeOf(options, modeler) {
  const token = options.token;
  return {
    ...options.choices,
    urls: options.urls,
    samples: {},
    waiting: () => inOrder(modeler().get('elementRegistry'))
      .filter(each => is(each, 'bpmn:UserTask') || is(each, 'bpmn:ReceiveTask') || eventDefinition(each, 'bpmn:MessageEventDefinition'))
      .map(each => ({ value: each.id, label: nameOf(each) })),
    async evaluate(expression, variables, signal) {
      const response = await fetch(options.urls.expression, { method: 'POST', credentials: 'same-origin', signal,
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token }, body: JSON.stringify({ expression, variables }) });
      return response.json();
    },
  };
}

function makeModeler(root, office, english) {
  return new BpmnModeler({
    container: root.querySelector('[data-part="canvas"]'),
    propertiesPanel: { parent: root.querySelector('[data-part="panel"]') },
    moddleExtensions,
    office,
    additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, MinimapModule, translateModule, {
      __init__: ['editorMode', 'officeProvider', 'copiedSteps', 'stepInserter'],
      editorMode: ['type', EditorMode], officeProvider: ['type', OfficeProvider], copiedSteps: ['type', CopiedSteps],
      stepInserter: ['type', StepInserter], writer: ['type', Writer], englishTexts: ['value', english],
    }],
  });
}

/** Show the properties of what is chosen and bring the person to them. */
function showPanel(root) {
  const panel = root.querySelector('[data-part="panel"]');
  requestAnimationFrame(() => {
    const first = panel.querySelector('.bio-properties-panel-group-entries.open input, .bio-properties-panel-group-entries.open textarea');
    (first ?? panel.querySelector('button'))?.focus();
    if (matchMedia('(max-width: 699.98px)').matches) panel.scrollIntoView({ block: 'start' });
  });
}

/** Draw a file; one that cannot be drawn is told, and nothing is ever saved over it. */
async function draw(modeler, xml, note) {
  try {
    return (await modeler.importXML(xml)).warnings;
  } catch (error) {
    note.textContent = say('This file cannot be drawn: {reason}', { reason: error.message });
    note.hidden = false;
    return null;
  }
}

/**
 * Open the diagram of a draft in its page.
 * @param {HTMLElement} root holds the parts by data-part
 * @param {object} options the page's JSON: file, key, token, urls, choices
 */
export async function start(root, options) {
  const part = name => root.querySelector(`[data-part="${name}"]`);
  const states = { diagram: { state: STATES.saved, at: null }, english: { state: STATES.saved, at: null } };
  let tools = null, conflict = null;
  const told = name => state => { states[name] = state; tools?.showState(states); if (state.state === STATES.conflict) conflict?.open(state); };
  const english = new EnglishTexts({ address: options.urls.english, token: options.token, key: `${options.key}/en.json`,
    onState: told('english'), onBothChanged: texts => tools.tell(texts.map(each =>
      say('The English of “{text}” was changed by two people: theirs “{theirs}”, yours “{mine}”. Yours stands now.', each)).join(' ')) });
  const modeler = makeModeler(root, officeOf(options, () => modeler), english);
  const xmlNow = async () => (await modeler.saveXML(FORMAT)).xml;
  const saving = new Saving({ address: options.urls.file, token: options.token, key: `${options.key}/${options.file}`,
    read: xmlNow, onState: told('diagram') });
  const [opened] = await Promise.all([saving.load(), english.load(options.hasEnglish)]);
  const warnings = await draw(modeler, opened.text, part('note'));
  if (!warnings) return;
  const choose = () => showPanel(root);
  const dialog = new AddDialog(part('add-dialog'), modeler, choose);
  const checks = new Checks(modeler, { list: part('findings'), state: part('check-state') }, options.urls.check, options.token,
    async () => ({ [options.file]: await xmlNow(), 'en.json': await english.text() }), choose);
  const steps = new StepList(modeler, part('steps'), part('filter'), options.choices, choose, element => dialog.ask(element));
  tools = new Tools(root, modeler, { saving, english, checks, xmlNow, options });
  conflict = new Conflict(part('conflict-dialog'), { saving, modeler, xmlNow, options });
  steps.draw();
  modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => trigger !== 'clear' && saving.touch()); // 'clear': a file was opened
  tools.begin(states);
  if (opened.restoredFrom) { tools.tellRestored(opened.restoredFrom); saving.touch(); }
  const reasons = warnings.map(each => each.message).join('; ');
  if (reasons) tools.tell(say('Parts of the file were not understood and are shown as far as possible: {reasons}', { reasons }));
  root.editor = { modeler, saving, english, checks, missing, xmlNow, readRows, writeRows };
  root.dataset.ready = 'true';
}
