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

/** The two files that are edited here, each saved by itself; `desk` gets its tools later. */
function filesOf(options, desk, xmlNow) {
  const states = { diagram: { state: STATES.saved, at: null }, english: { state: STATES.saved, at: null } };
  const told = name => state => {
    states[name] = state;
    desk.tools?.showState(states);
    if (state.state === STATES.conflict) desk.conflict?.open(state);
  };
  const english = new EnglishTexts({ address: options.urls.english, token: options.token, key: `${options.key}/en.json`,
    onState: told('english'), onBothChanged: texts => desk.tools.tell(texts.map(each =>
      say('The English of “{text}” was changed by two people: theirs “{theirs}”, yours “{mine}”. Yours stands now.', each)).join(' ')) });
  const saving = new Saving({ address: options.urls.file, token: options.token, key: `${options.key}/${options.file}`,
    read: xmlNow, onState: told('diagram') });
  return { english, saving, states };
}

/** Everything around the canvas: list of steps, check, dialogs, bar. */
function furnish(root, desk, options) {
  const part = name => root.querySelector(`[data-part="${name}"]`);
  const { modeler, saving, english, xmlNow } = desk;
  const choose = () => showPanel(root);
  const dialog = new AddDialog(part('add-dialog'), modeler, choose);
  const unsaved = async () => ({ [options.file]: await xmlNow(), 'en.json': await english.text() });
  desk.checks = new Checks(modeler, { list: part('findings'), state: part('check-state') }, options.urls, options.token,
    unsaved, choose);
  desk.steps = new StepList(modeler, part('steps'), part('filter'), options.choices, choose, element => dialog.ask(element));
  desk.tools = new Tools(root, modeler, { saving, english, checks: desk.checks, xmlNow, options });
  desk.conflict = new Conflict(part('conflict-dialog'), { saving, modeler, xmlNow, options });
  desk.steps.draw();
  desk.tools.begin(desk.states);
}

/** Say what opening brought to light. */
function tellOpening({ tools, saving }, restoredFrom, warnings) {
  const reasons = warnings.map(each => each.message).join('; ');
  if (reasons) tools.tell(say('Parts of the file were not understood and are shown as far as possible: {reasons}', { reasons }));
  if (!restoredFrom) return;
  tools.tellRestored(restoredFrom);
  saving.touch();
}

/**
 * Open the diagram of a draft in its page.
 * @param {HTMLElement} root holds the parts by data-part
 * @param {object} options the page's JSON: file, key, token, urls, choices
 */
export async function start(root, options) {
  const desk = { missing, readRows, writeRows, xmlNow: async () => (await desk.modeler.saveXML(FORMAT)).xml };
  Object.assign(desk, filesOf(options, desk, desk.xmlNow));
  desk.modeler = makeModeler(root, officeOf(options, () => desk.modeler), desk.english);
  const [opened] = await Promise.all([desk.saving.load(), desk.english.load(options.hasEnglish)]);
  const warnings = await draw(desk.modeler, opened.text, root.querySelector('[data-part="note"]'));
  if (!warnings) {
    root.querySelector('.editor-stage').hidden = true;
    return;
  }
  furnish(root, desk, options);
  desk.modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => {
    if (trigger !== 'clear') desk.saving.touch(); // 'clear': a file was opened
  });
  tellOpening(desk, opened.restoredFrom, warnings);
  root.editor = desk;
  root.dataset.ready = 'true';
}
