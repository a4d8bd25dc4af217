// The check on demand: marks at the elements, and a list whose links choose them. Never while drawing.
import { say } from './words.mjs';

const SIGNS = { error: '✕', warning: '!', info: 'i' };
const WORDS = { error: 'Error', warning: 'Warning', info: 'Hint' };

export class Checks {
  /**
   * @param {object} modeler
   * @param {{ list: HTMLElement, state: HTMLElement }} places where the findings are listed and counted
   * @param {{ check: string, form: string, decision: string }} urls of the server's check and of the other editors
   * @param {string} token against forged requests
   * @param {() => Promise<Record<string, string>>} read gives the unsaved files by name
   * @param {(element) => void} onChoose shows the properties of an element
   */
  constructor(modeler, places, urls, token, read, onChoose) {
    Object.assign(this, { _modeler: modeler, _places: places, _urls: urls, _token: token, _read: read, _onChoose: onChoose });
    this.findings = null;
    modeler.get('eventBus').on('commandStack.changed', () => this._age());
  }

  /** Ask the server; true if no error is left. */
  async run() {
    this._places.state.textContent = say('Checking …');
    const files = await this._read();
    let answer;
    try {
      const response = await fetch(this._urls.check, { method: 'POST', credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this._token }, body: JSON.stringify({ files }) });
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      this._places.state.textContent = say('The check did not reach the server. Please try again.');
      return false;
    }
    this.findings = answer.findings;
    this._file = Object.keys(files)[0];
    this._draw();
    return !this.findings.some(each => each.severity === 'error');
  }

  _draw() {
    const counts = { error: 0, warning: 0, info: 0 };
    this.findings.forEach(each => { counts[each.severity] += 1; });
    this._places.state.textContent = this.findings.length
      ? say('{errors} errors, {warnings} warnings, {hints} hints', { errors: counts.error, warnings: counts.warning, hints: counts.info })
      : say('Nothing to complain about');
    this._places.list.replaceChildren(...this.findings.map(each => this._item(each)));
    this._places.list.classList.remove('is-old');
    this._marks();
  }

  _item(finding) {
    const item = document.createElement('li');
    item.className = `finding finding-${finding.severity}`;
    const sign = document.createElement('span');
    sign.className = 'finding-sign';
    sign.textContent = say(WORDS[finding.severity]);
    const place = this._place(finding);
    place.textContent = finding.element_name || finding.element_id || finding.file;
    const words = document.createElement('span');
    words.textContent = finding.words;
    item.append(sign, ' ', place, ' ', words);
    return item;
  }

  /** What leads to the place of a finding: an element here, another editor, or nothing but its name. */
  _place(finding) {
    const element = this._elementOf(finding), address = this._addressOf(finding.file);
    if (!element && !address) return document.createElement('strong');
    const place = document.createElement(element ? 'button' : 'a');
    place.className = 'step-name';
    if (element) {
      place.type = 'button';
      place.addEventListener('click', () => this._choose(element));
    } else place.href = address;
    return place;
  }

  _addressOf(file) {
    const form = /^forms\/(.+)\.json$/.exec(file);
    if (form) return this._urls.form.replace('__name__', form[1]);
    return file.endsWith('.dmn') ? this._urls.decision.replace('__name__', file) : '';
  }

  _elementOf(finding) {
    return !finding.file || finding.file === this._file ? this._modeler.get('elementRegistry').get(finding.element_id) : null;
  }

  _choose(element) {
    this._modeler.get('selection').select(element);
    this._modeler.get('canvas').scrollToElement(element, 80);
    this._onChoose(element);
  }

  _marks() {
    const overlays = this._modeler.get('overlays');
    overlays.remove({ type: 'finding' });
    const worst = new Map();
    for (const finding of this.findings) {
      const element = this._elementOf(finding);
      if (!element || element === this._modeler.get('canvas').getRootElement()) continue;
      const known = worst.get(element) ?? { severity: finding.severity, words: [] };
      known.words.push(finding.words);
      worst.set(element, known); // findings come errors first
    }
    for (const [element, { severity, words }] of worst) {
      const html = document.createElement('div');
      html.className = `mark mark-${severity}`;
      html.textContent = SIGNS[severity];
      html.title = words.join('\n');
      html.addEventListener('click', () => this._choose(element));
      overlays.add(element, 'finding', { position: { top: -12, left: -12 }, html });
    }
  }

  _age() {
    if (this.findings) this._places.list.classList.add('is-old');
  }
}
