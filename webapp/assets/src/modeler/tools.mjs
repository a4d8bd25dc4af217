// The bar above the canvas: mode, undo, zoom, map, search, check, save, and what became of the saving.
import { STATES } from './saving.mjs';
import { say } from './words.mjs';

const RANK = [STATES.conflict, STATES.refused, STATES.failed, STATES.waiting, STATES.saved];
const WORDS = { waiting: 'Saving …', failed: 'Not saved: the server was not reached. Your text is kept in this browser.',
  conflict: 'Conflict: somebody else saved. Your text is kept in this browser.', refused: 'Not saved: {message}',
  'signed-out': 'Not saved: your sign-in has ended. Sign in in another window, then load this page again; your text is kept in this browser.' };

const clock = new Intl.DateTimeFormat('zh-TW', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Taipei' });

export class Tools {
  constructor(root, modeler, { saving, english, checks, xmlNow, options }) {
    Object.assign(this, { _root: root, _modeler: modeler, _saving: saving, _english: english, _checks: checks, _xmlNow: xmlNow, _options: options });
  }

  _part(name) { return this._root.querySelector(`[data-part="${name}"]`); }

  begin(states) {
    const canvas = this._modeler.get('canvas'), zoom = this._modeler.get('zoomScroll'), stack = this._modeler.get('commandStack');
    const acts = {
      undo: () => stack.undo(), redo: () => stack.redo(), 'zoom-in': () => zoom.stepZoom(1), 'zoom-out': () => zoom.stepZoom(-1),
      fit: () => canvas.zoom('fit-viewport', 'auto'), map: () => this._toggleMap(), search: () => this._search(),
      check: () => this._check(), save: () => this._saveAll(), finish: () => this._finish(), xml: () => this._showXml(),
      fill: () => document.fullscreenElement ? document.exitFullscreen() : this._part('stage').requestFullscreen(),
      resolve: () => this._saving.state.state === STATES.conflict && this._part('conflict-dialog').showModal(),
      'close-xml': () => this._part('xml-dialog').close(),
    };
    this._root.addEventListener('click', event => {
      const name = event.target.closest('[data-act]')?.dataset.act;
      if (name && acts[name]) acts[name]();
    });
    this._part('mode').addEventListener('change', event => this._setMode(event.target.value));
    const mode = this._modeler.get('editorMode').name;
    this._part('mode').querySelectorAll('input').forEach(input => { input.checked = input.value === mode; });
    this._setMode(mode);
    this._modeler.get('eventBus').on('commandStack.changed', () => this._showStack());
    this._showStack();
    this.showState(states);
    this._guard();
    this._keys();
    this._fitReadably();
  }

  /** The whole diagram if it stays readable, else its start at a readable size. */
  _fitReadably() {
    const canvas = this._modeler.get('canvas');
    canvas.zoom('fit-viewport', 'auto');
    if (canvas.zoom() >= 0.45) return;
    const start = this._modeler.get('elementRegistry').find(each => each.type === 'bpmn:StartEvent');
    const { outer } = canvas.viewbox(), width = outer.width / 0.7, height = outer.height / 0.7;
    canvas.viewbox({ x: start ? start.x - 160 : 0, y: start ? start.y - height / 3 : 0, width, height });
  }

  _setMode(name) {
    this._modeler.get('editorMode').set(name);
    this._root.dataset.mode = name;
    this._root.querySelectorAll('[data-expert]').forEach(each => { each.hidden = name !== 'expert'; });
  }

  _showStack() {
    const stack = this._modeler.get('commandStack');
    this._root.querySelector('[data-act="undo"]').disabled = !stack.canUndo();
    this._root.querySelector('[data-act="redo"]').disabled = !stack.canRedo();
  }

  _toggleMap() {
    const map = this._modeler.get('minimap');
    map.toggle();
    this._root.querySelector('[data-act="map"]').setAttribute('aria-pressed', String(map.isOpen()));
  }

  _search() {
    const pad = this._modeler.get('searchPad');
    this._modeler.get('canvas').focus();
    if (!pad.isOpen()) pad.toggle(); // the library's own key may have opened it
  }

  async _check() {
    if (document.fullscreenElement) await document.exitFullscreen(); // the findings stand below
    const isSound = await this._checks.run();
    this._part('check').hidden = false;
    this._part('check').focus();
    return isSound;
  }

  async _saveAll() {
    document.activeElement?.blur(); // what stands in a field is written first
    await Promise.all([this._saving.save(), this._english.saving.save()]);
  }

  /** Save, check, and go on to the overview of the draft if nothing is wrong. */
  async _finish() {
    await this._saveAll();
    const isSound = await this._check();
    if (isSound && !this._saving.isDirty && !this._english.saving.isDirty) location.assign(this._options.urls.overview);
  }

  async _showXml() {
    this._part('xml').value = await this._xmlNow();
    this._part('xml-dialog').showModal();
  }

  /** Say the worst of what the files report. */
  showState(states) {
    const worst = RANK.map(rank => Object.values(states).find(each => each.state === rank)).find(Boolean);
    const at = Object.values(states).map(each => each.at).filter(Boolean).at(-1);
    const words = worst.state === STATES.saved
      ? say(at ? 'Saved {time}' : 'All is saved', { time: at?.split(' ').at(-1) })
      : say(WORDS[worst.isSignedOut ? 'signed-out' : worst.state], worst);
    const place = this._part('state');
    place.dataset.state = worst.state;
    place.firstElementChild.textContent = words;
    this._root.querySelector('[data-act="resolve"]').hidden = worst.state !== STATES.conflict;
  }

  tell(words) {
    const place = this._part('note');
    place.textContent = words;
    place.hidden = false;
  }

  tellRestored(at) {
    this.tell(say('Changes of {time} that had not reached the server were restored.', { time: clock.format(new Date(at)) }));
  }

  /** Leaving with something unsaved asks first. */
  _guard() {
    window.addEventListener('beforeunload', event => {
      document.activeElement?.blur();
      if (!this._saving.isDirty && !this._english.saving.isDirty) return;
      this._saving.keep();
      this._english.saving.keep();
      event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => document.hidden && this._saveAll());
  }

  _keys() {
    document.addEventListener('keydown', event => {
      if (event.isComposing || !(event.ctrlKey || event.metaKey)) return;
      const inField = event.target.closest?.('input, textarea, select');
      if (event.key === 's') { event.preventDefault(); this._saveAll(); }
      else if (event.key === 'f' && !inField && !document.querySelector('dialog[open]')) { event.preventDefault(); this._search(); }
    });
  }
}
