// The English of the draft's texts: en.json beside the diagram, saved like it. Two people who translate different texts
// do not hinder each other: what only they changed is taken over, and told where both changed the same.
import { STATES, Saving } from './saving.mjs';

export class EnglishTexts {
  constructor({ address, token, key, onState, onBothChanged }) {
    this._texts = {};
    this._mine = {};
    this._onBothChanged = onBothChanged;
    this._onState = onState;
    this.saving = new Saving({ address, token, key, read: async () => `${JSON.stringify(this._texts, null, 2)}\n`,
      onState: state => state.state === STATES.conflict ? this._merge() : onState(state) });
  }

  /** @param {boolean} isThere whether the draft has the file already */
  async load(isThere) {
    const { text, restoredFrom } = await this.saving.load(isThere);
    this._texts = text ? JSON.parse(text) : {};
    this._base = { ...this._texts };
    if (restoredFrom) this.saving.touch();
  }

  /** The file as it would be saved now. */
  async text() { return this.saving._read(); }

  of(text) { return this._texts[text] ?? ''; }

  set(text, english) {
    if (english) this._texts[text] = english; else delete this._texts[text];
    this._mine[text] = english;
    this.saving.touch();
  }

  async _merge() {
    const theirs = await this.saving.fetchTheirs();
    const texts = theirs.text ? JSON.parse(theirs.text) : {};
    const both = Object.keys(this._mine).filter(text => texts[text] !== this._base[text] && texts[text] !== this._mine[text]);
    if (both.length) this._onBothChanged(both.map(text => ({ text, theirs: texts[text] ?? '', mine: this._mine[text] ?? '' })));
    this._base = { ...texts };
    this._texts = { ...texts, ...this._mine };
    for (const [text, english] of Object.entries(this._mine)) if (!english) delete this._texts[text];
    this.saving.settle(theirs.revision);
    this.saving.touch();
  }
}
