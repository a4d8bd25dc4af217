// Asks what is to follow a step, and puts it there: a step, a timer at the step, or a path to a step that exists.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { StepInserter } from './insert.mjs';
import { inOrder, nameOf } from './steps.mjs';
import { say } from './words.mjs';

const PATH = 'path', TIMER = 'timer';

export class AddDialog {
  /** @param {HTMLDialogElement} dialog with the fields kind, name, path and target */
  constructor(dialog, modeler, onDone) {
    Object.assign(this, { _dialog: dialog, _modeler: modeler, _onDone: onDone, _form: dialog.querySelector('form') });
    this._form.addEventListener('submit', event => { event.preventDefault(); this._add(); });
    this._form.elements.kind.addEventListener('change', () => this._showFields());
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  }

  ask(element) {
    this._after = element;
    this._form.reset();
    this._dialog.querySelector('[data-part="after"]').textContent = nameOf(element);
    const { path, target, kind, name } = this._form.elements;
    path.replaceChildren(...StepInserter.pathsFrom(element).map(each => new Option(
      say('Before {name}', { name: nameOf(each.target) }), each.id)), new Option(say('On a path of its own'), ''));
    const others = inOrder(this._modeler.get('elementRegistry'));
    target.replaceChildren(...others.filter(each => this._mayLeadTo(each)).map(each => new Option(nameOf(each), each.id)));
    kind.querySelector(`[value="${TIMER}"]`).hidden = !is(element, 'bpmn:Activity');
    this._showFields();
    this._dialog.showModal();
    name.focus();
  }

  _mayLeadTo(element) {
    if (element === this._after || element.parent !== this._after.parent) return false;
    return Boolean(this._modeler.get('bpmnRules').canConnectSequenceFlow(this._after, element));
  }

  /** A path needs a target and no name, a timer no place. */
  _showFields() {
    const { kind, name, target } = this._form.elements;
    this._form.querySelectorAll('[data-for]').forEach(each => { each.hidden = !each.dataset.for.split(' ').includes(kindOf(kind.value)); });
    name.required = kind.value !== PATH;
    target.required = kind.value === PATH;
  }

  _add() {
    const { kind, name, path, target } = this._form.elements;
    const registry = this._modeler.get('elementRegistry'), inserter = this._modeler.get('stepInserter');
    const made = kind.value === PATH ? inserter.lead(this._after, registry.get(target.value))
      : kind.value === TIMER ? inserter.attachTimer(this._after, name.value.trim())
        : inserter.insert(this._after, kind.value, name.value.trim(), path.value ? registry.get(path.value) : null);
    this._dialog.close();
    this._modeler.get('selection').select(made);
    this._modeler.get('canvas').scrollToElement(made, 60);
    this._onDone(made);
  }
}

const kindOf = value => value === PATH || value === TIMER ? value : 'step';
