// Saving of one file of a draft, with its line of state, the leave warning and the choice when two people edit at once.
import { STATES, Saving } from './modeler/saving.mjs';

const fill = (text, values) => text.replace(/{([^}]+)}/g, (_, name) => values[name] ?? '');

/** Join the saving of an editor's text with its page. */
export class DraftFile {
  /**
   * @param {HTMLElement} root holds the parts by data-part
   * @param {object} options of the page: key, file, token, urls.file, urls.branch, words
   * @param {object} editor
   * @param {() => Promise<string>} editor.read gives the present text
   * @param {(text: string) => Promise<void>} editor.write shows a text instead
   * @param {() => void} [editor.onSaved] told after the server has confirmed
   */
  constructor(root, options, { read, write, onSaved = () => {} }) {
    Object.assign(this, { _root: root, _options: options, _write: write, _onSaved: onSaved, _read: read });
    this.saving = new Saving({ address: options.urls.file, token: options.token, key: `${options.key}/${options.file}`, read, onState: state => this._show(state) });
    this._dialog = this._part('conflict');
    this._listen();
  }

  _part(name) { return this._root.querySelector(`[data-part="${name}"]`); }

  _act(name) { return this._root.querySelector(`[data-act="${name}"]`); }

  /** Fetch the text and show it; what this browser kept of an earlier visit goes first. */
  async open() {
    const opened = await this.saving.load();
    await this._write(opened.text);
    this._show(this.saving.state);
    if (!opened.restoredFrom) return;
    this.tell(fill(this._options.words.restored, { time: new Date(opened.restoredFrom).toLocaleString(document.documentElement.lang) }));
    this.saving.touch();
  }

  /** Something changed. */
  touch() { this.saving.touch(); }

  /** Say something above the editor. */
  tell(words) {
    const note = this._part('note');
    note.textContent = words;
    note.hidden = !words;
  }

  _show(state) {
    const place = this._part('state'), { words } = this._options;
    const said = state.state === STATES.saved && state.at ? words.saved_at : words[state.state];
    place.dataset.state = state.state;
    place.textContent = fill(said, { time: state.at, name: state.by, message: state.message });
    this._act('resolve').hidden = state.state !== STATES.conflict;
    if (state.state === STATES.conflict) this._ask(state);
    if (state.state === STATES.saved && state.at) this._onSaved();
  }

  _ask(state) {
    this._part('who').textContent = fill(this._options.words.conflict, { time: state.at, name: state.by });
    this._part('failure').hidden = true;
    if (!this._dialog.open) this._dialog.showModal();
  }

  _listen() {
    const on = (part, act) => this._part(part).addEventListener('click', () => act.call(this).catch(() => { this._part('failure').hidden = false; }));
    on('take-theirs', this._takeTheirs);
    on('branch', this._branch);
    on('later', async () => this._dialog.close());
    this._act('resolve').addEventListener('click', () => this._ask(this.saving.state));
    this._act('save').addEventListener('click', () => this.saving.save());
    document.addEventListener('keydown', event => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.isComposing) return;
      event.preventDefault();
      this.saving.save();
    });
    window.addEventListener('beforeunload', event => {
      if (!this.saving.isDirty) return;
      this.saving.keep();
      event.preventDefault();
    });
  }

  async _takeTheirs() {
    const theirs = await this.saving.fetchTheirs();
    await this._write(theirs.text);
    this.saving.settle(theirs.revision);
    this._dialog.close();
  }

  async _branch() {
    const response = await fetch(this._options.urls.branch, { method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': this._options.token }, body: await this._read() });
    if (!response.ok) throw new Error(String(response.status));
    const { url } = await response.json();
    this.saving.settle(this.saving.revision);
    location.assign(url);
  }
}

/** Read what the page tells its editor; null on a page without one. */
export function readOptions() {
  const block = document.querySelector('script[data-editor]');
  return block && { root: document.querySelector(block.dataset.editor), options: JSON.parse(block.textContent) };
}
