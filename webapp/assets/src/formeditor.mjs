// The form editor of a draft: see src/formeditor/ for its parts.
import '@bpmn-io/form-js/dist/assets/form-js-base.css';
import '@bpmn-io/form-js/dist/assets/flatpickr/light.css';
import '@bpmn-io/form-js/dist/assets/form-js-editor-base.css';
import '@bpmn-io/form-js-editor/dist/assets/dragula.css';
import '@bpmn-io/form-js/dist/assets/properties-panel.css';
import './formeditor/list.css';
import './formeditor/editor.css';
import { FormEditor } from '@bpmn-io/form-js-editor';
import { readOptions, DraftFile } from './draft_saving.mjs';
import { Preview } from './formeditor/preview.mjs';
import { officeModule } from './formeditor/office.mjs';

const written = schema => `${JSON.stringify(schema, null, 2)}\n`;

/** Ask the server what it thinks of the form it saved last. */
async function showFindings(place, address) {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (response.ok) place.innerHTML = await response.text();
}

async function start({ root, options }) {
  const part = name => root.querySelector(`[data-part="${name}"]`);
  const preview = new Preview(part('preview'));
  const editor = new FormEditor({ container: part('canvas'), exporter: { name: 'Anju', version: '1' }, additionalModules: [officeModule(options)] });
  let isOpening = true;
  const write = async text => {
    isOpening = true;
    await editor.importSchema(JSON.parse(text));
    isOpening = false;
  };
  const onSaved = () => { preview.refresh(); showFindings(part('findings'), options.urls.findings); };
  const file = new DraftFile(root, options, { read: async () => written(editor.saveSchema()), write, onSaved });
  try {
    await file.open();
  } catch (error) {
    file.tell(options.words.unreadable.replace('{message}', error.message));
    return;
  }
  editor.on('changed', () => { if (!isOpening) file.touch(); });
  const act = (name, does) => root.querySelector(`[data-act="${name}"]`).addEventListener('click', does);
  act('undo', () => editor.get('editorActions').trigger('undo'));
  act('redo', () => editor.get('editorActions').trigger('redo'));
  act('preview', ({ currentTarget }) => {
    const isShown = part('preview').toggleAttribute('hidden') === false;
    currentTarget.setAttribute('aria-expanded', String(isShown));
  });
  part('findings').addEventListener('click', event => {
    const id = event.target.closest('[data-element]')?.dataset.element;
    const field = id && editor.get('formFieldRegistry').get(id);
    if (field) editor.get('selection').set(field);
  });
  root.formEditor = editor;
  root.draftFile = file;
  root.dataset.ready = 'true';
}

const page = readOptions();
if (page) start(page);
