// Somebody else saved the same diagram: who and when, and three ways on. Nobody's work is lost.
import { say } from './words.mjs';

export class Conflict {
  constructor(dialog, { saving, modeler, xmlNow, options }) {
    Object.assign(this, { _dialog: dialog, _saving: saving, _modeler: modeler, _xmlNow: xmlNow, _options: options });
    const on = (part, act) => dialog.querySelector(`[data-part="${part}"]`).addEventListener('click', () => act.call(this));
    on('compare', this._compare);
    on('take-theirs', this._takeTheirs);
    on('branch', this._branch);
    on('later', () => dialog.close());
  }

  open({ by, at }) {
    this._dialog.querySelector('[data-part="who"]').textContent = say('{name} saved this diagram at {time}.', { name: by ?? '–', time: at });
    this._dialog.querySelector('[data-part="differences"]').replaceChildren();
    if (!this._dialog.open) this._dialog.showModal();
  }

  async _post(address, body) {
    const response = await fetch(address, { method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this._options.token }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  _fail() {
    const place = this._dialog.querySelector('[data-part="differences"]');
    place.textContent = say('That did not reach the server. Your text is kept in this browser; please try again.');
  }

  async _compare() {
    const place = this._dialog.querySelector('[data-part="differences"]');
    try {
      const { changes } = await this._post(this._options.urls.compare, { file: this._options.file, text: await this._xmlNow() });
      const list = document.createElement('ul');
      list.append(...changes.map(words => Object.assign(document.createElement('li'), { textContent: words })));
      if (changes.length) place.replaceChildren(say('From their version to yours:'), list);
      else place.textContent = say('Both say the same; only the drawing may differ.');
    } catch { this._fail(); }
  }

  async _takeTheirs() {
    try {
      const theirs = await this._saving.fetchTheirs();
      await this._modeler.importXML(theirs.text);
      this._saving.settle(theirs.revision);
      this._modeler.get('canvas').zoom('fit-viewport', 'auto');
      this._dialog.close();
    } catch { this._fail(); }
  }

  async _branch() {
    try {
      const { url } = await this._post(this._options.urls.branch, { file: this._options.file, text: await this._xmlNow() });
      this._saving.settle(this._saving.revision);
      location.assign(url);
    } catch { this._fail(); }
  }
}
