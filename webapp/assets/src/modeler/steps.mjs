// The list that equals the diagram: each step can be chosen, followed by a new one, removed, without the canvas.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { getLabel, isLabel } from 'bpmn-js/lib/util/LabelUtil';
import { extensions } from './model.mjs';
import { isEnglish, say } from './words.mjs';
import { laneOf } from './work.jsx';

const KINDS = {
  UserTask: 'Step for a person', Task: 'Step without kind', ManualTask: 'Step outside the system', ServiceTask: 'System step',
  SendTask: 'Sends a message', ReceiveTask: 'Waits for a message', BusinessRuleTask: 'Decision by rule', ScriptTask: 'Computation',
  CallActivity: 'Other process', SubProcess: 'Sub-process', Transaction: 'Sub-process', AdHocSubProcess: 'Sub-process',
  StartEvent: 'Start', EndEvent: 'End', IntermediateCatchEvent: 'Waits for an event', IntermediateThrowEvent: 'Event',
  BoundaryEvent: 'Event during a step', ExclusiveGateway: 'Branch: one path', InclusiveGateway: 'Branch: one or more paths',
  ParallelGateway: 'Branch: all paths', EventBasedGateway: 'Branch: first event', ComplexGateway: 'Branch by rule', SequenceFlow: 'Path',
};

export const kindOf = element => say(KINDS[element.type.replace('bpmn:', '')] ?? 'Step without kind');
export const nameOf = element => getLabel(element) || kindOf(element);

/** All flow nodes in the order in which a case meets them, counted in steps from the starts. */
export function inOrder(registry) {
  const nodes = registry.filter(each => is(each, 'bpmn:FlowNode') && !isLabel(each));
  const order = new Set();
  const walk = queue => {
    for (const node of queue) { // grows while it is walked
      if (order.has(node) || !is(node, 'bpmn:FlowNode')) continue;
      order.add(node);
      const inside = (node.children ?? []).filter(each => is(each, 'bpmn:StartEvent') && !isLabel(each));
      const next = (node.outgoing ?? []).filter(each => is(each, 'bpmn:SequenceFlow')).map(each => each.target);
      queue.push(...inside, ...(node.attachers ?? []), ...next);
    }
  };
  walk(nodes.filter(each => is(each, 'bpmn:StartEvent') && !is(each.parent, 'bpmn:SubProcess')).sort((a, b) => a.y - b.y));
  walk([...nodes]);
  return [...order];
}

/** The paths of a branch; a join has one and needs no words. */
const pathsOf = node => isAny(node, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']) && node.outgoing?.length > 1
  ? node.outgoing.filter(each => is(each, 'bpmn:SequenceFlow')) : [];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name in node && typeof value !== 'string') node[name] = value; else if (value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter(each => each !== null && each !== undefined));
  return node;
}

export class StepList {
  /**
   * @param {object} modeler
   * @param {HTMLElement} body of the table
   * @param {HTMLInputElement} filter words that a row must hold
   * @param {object} office choices of the server: words for roles and forms
   * @param {(element) => void} onChoose shows the properties
   * @param {(element) => void} onAdd asks for the step that is to follow
   */
  constructor(modeler, body, filter, office, onChoose, onAdd) {
    Object.assign(this, { _modeler: modeler, _body: body, _wanted: filter, _office: office, _onChoose: onChoose, _onAdd: onAdd });
    filter.addEventListener('input', () => this._filter());
    const events = modeler.get('eventBus');
    const later = () => { cancelAnimationFrame(this._frame); this._frame = requestAnimationFrame(() => this.draw()); };
    events.on(['elements.changed', 'shape.removed', 'shape.added', 'import.done'], later);
    events.on('selection.changed', () => this._mark());
  }

  draw() {
    const focused = document.activeElement?.closest?.('[data-element]')?.dataset;
    const registry = this._modeler.get('elementRegistry');
    const rows = [];
    let number = 0;
    for (const node of inOrder(registry)) {
      rows.push(this._row(node, number += 1));
      pathsOf(node).forEach(path => rows.push(this._pathRow(path)));
    }
    this._body.replaceChildren(...rows);
    this._filter();
    this._mark();
    if (focused) this._body.querySelector(`[data-element="${CSS.escape(focused.element)}"][data-role="${focused.role}"]`)?.focus();
  }

  _row(node, number) {
    const object = getBusinessObject(node);
    return make('tr', { 'data-row': node.id },
      make('td', { class: 'number' }, String(number)),
      make('td', {}, this._button(node, 'choose', this._title(node), () => this._choose(node))),
      make('td', {}, kindOf(node)),
      make('td', {}, this._who(object, node)),
      make('td', {}, this._deadline(object)),
      make('td', { class: 'step-acts' },
        is(node, 'bpmn:EndEvent') ? null : this._button(node, 'add', say('Add a step after it'), () => this._onAdd(node),
          say('Add a step after {name}', { name: nameOf(node) })),
        this._button(node, 'remove', say('Remove'), () => this._remove(node), say('Remove {name}', { name: nameOf(node) }))));
  }

  /** The name; for who reads English its translation goes first. */
  _title(node) {
    const translated = isEnglish && this._modeler.get('englishTexts').of(getLabel(node));
    return translated ? `${translated} (${getLabel(node)})` : nameOf(node);
  }

  _pathRow(path) {
    const words = say('Path {name} to {target}', { name: getLabel(path) || '→', target: nameOf(path.target) });
    return make('tr', { 'data-row': path.id, class: 'step-path' },
      make('td', {}), make('td', { colspan: '4' }, this._button(path, 'choose', words, () => this._choose(path)),
        ' ', make('small', { class: 'muted' }, getBusinessObject(path).get('conditionExpression')?.get('body') ?? '')), make('td', {}));
  }

  _button(element, role, words, onClick, label) {
    const button = make('button', { type: 'button', class: role === 'choose' ? 'step-name' : 'btn btn-quiet btn-slim',
      'data-element': element.id, 'data-role': role, 'aria-label': label }, words);
    button.addEventListener('click', onClick);
    return button;
  }

  _choose(element) {
    this._modeler.get('selection').select(element);
    this._modeler.get('canvas').scrollToElement(element, 60);
    this._onChoose(element);
  }

  _remove(node) {
    const { nextElementSibling } = this._body.querySelector(`[data-row="${CSS.escape(node.id)}"]`);
    this._modeler.get('modeling').removeElements([node]);
    this.draw();
    const next = nextElementSibling?.dataset.row;
    (next ? this._body.querySelector(`[data-element="${CSS.escape(next)}"]`) : this._body.querySelector('button'))?.focus();
  }

  _who(object, node) {
    const role = object.get('camunda:candidateGroups');
    return role ? this._office.roles.find(each => each.value === role)?.label ?? role : laneOf(node);
  }

  _deadline(object) {
    const sla = extensions(object, 'anju:Sla')[0];
    const ending = sla?.get('timer') && this._modeler.get('elementRegistry').get(sla.get('timer'));
    if (ending) return nameOf(ending);
    if (sla) return `${sla.get('amount') ?? ''} ${this._office.units.find(each => each.value === (sla.get('unit') || 'calendar_days'))?.label ?? ''}`;
    const timer = (object.get('eventDefinitions') ?? []).find(each => is(each, 'bpmn:TimerEventDefinition'));
    if (timer) return (timer.get('timeDuration') ?? timer.get('timeDate') ?? timer.get('timeCycle'))?.get('body') ?? timer.get('anju:cron') ?? '';
    return object.get('camunda:dueDate') ?? '';
  }

  /** Show the rows that hold the wanted words. */
  _filter() {
    const wanted = this._wanted.value.trim().toLowerCase();
    for (const row of this._body.rows) row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted);
  }

  _mark() {
    const chosen = new Set(this._modeler.get('selection').get().map(each => each.id));
    this._body.querySelectorAll('[data-role="choose"]').forEach(button =>
      button.setAttribute('aria-pressed', String(chosen.has(button.dataset.element))));
  }
}
