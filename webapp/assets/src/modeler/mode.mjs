// Two ways to edit. Plain: the words of the office and few shapes. Expert: everything the engine runs.
const KEPT = 'anju.editor.mode';

const PLAIN_PALETTE = new Set(['hand-tool', 'space-tool', 'global-connect-tool', 'tool-separator', 'create.start-event',
  'create.end-event', 'create.exclusive-gateway', 'create.task', 'create.user-task']);
const PLAIN_PAD = new Set(['append.end-event', 'append.gateway', 'append.append-task', 'append.user-task', 'connect',
  'delete', 'replace']);
const PLAIN_REPLACEMENTS = new Set(['user-task', 'service-task', 'rule-task', 'business-rule-task', 'task', 'exclusive-gateway',
  'parallel-gateway', 'none-start', 'none-end', 'terminate-end', 'sequence-flow', 'default-flow', 'conditional-flow']
  .map(name => `replace-with-${name}`));

const filtered = (entries, isShown) =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => isShown(name)));

/** The mode of this editor; remembered in the browser. */
export class EditorMode {
  static $inject = ['eventBus', 'palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace', 'translate'];

  constructor(eventBus, palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { _eventBus: eventBus, _palette: palette, _create: create, _elements: elementFactory,
      _autoPlace: autoPlace, _say: translate });
    this.name = localStorage.getItem(KEPT) === 'expert' ? 'expert' : 'plain';
    palette.registerProvider(100, { getPaletteEntries: () => entries => this._paletteFor(entries) });
    contextPad.registerProvider(100, {
      getContextPadEntries: element => entries => this._padFor(element, entries) });
    for (const menu of ['bpmn-replace', 'bpmn-append', 'bpmn-create'])
      popupMenu.registerProvider(menu, 100, {
        getPopupMenuEntries: () => entries => this.isPlain ? filtered(entries, name => PLAIN_REPLACEMENTS.has(name)) : entries,
        getPopupMenuHeaderEntries: () => entries => this.isPlain ? {} : entries,
      });
  }

  get isPlain() { return this.name === 'plain'; }

  /** Change the mode; palette and panel follow. */
  set(name) {
    this.name = name === 'expert' ? 'expert' : 'plain';
    localStorage.setItem(KEPT, this.name);
    this._palette._rebuild();
    this._eventBus.fire('propertiesPanel.providersChanged');
    this._eventBus.fire('mode.changed', { mode: this.name });
  }

  _paletteFor(entries) {
    const task = { group: 'activity', className: 'bpmn-icon-user-task', title: this._say('Create user task'),
      action: { dragstart: event => this._start(event), click: event => this._start(event) } };
    const all = {};
    for (const [name, entry] of Object.entries(entries)) {
      all[name] = entry;
      if (name === 'create.task') all['create.user-task'] = task;
    }
    if (!this.isPlain) return all;
    delete all['create.task'];
    return filtered(all, name => PLAIN_PALETTE.has(name));
  }

  _start(event) {
    this._create.start(event, this._elements.createShape({ type: 'bpmn:UserTask' }));
  }

  _padFor(element, entries) {
    const append = entries['append.append-task'];
    if (!append) return this.isPlain ? filtered(entries, name => PLAIN_PAD.has(name)) : entries;
    const add = () => this._autoPlace.append(element, this._elements.createShape({ type: 'bpmn:UserTask' }));
    const task = { ...append, className: 'bpmn-icon-user-task', title: this._say('Append user task'),
      action: { click: add, dragstart: event => this._start(event) } };
    const all = { ...entries, 'append.user-task': task };
    if (!this.isPlain) return all;
    delete all['append.append-task'];
    return filtered(all, name => PLAIN_PAD.has(name));
  }
}
