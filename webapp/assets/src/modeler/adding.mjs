// Asks which step is to follow another one, and puts it there.
import { StepInserter } from './insert.mjs';
import { nameOf } from './steps.mjs';
import { say } from './words.mjs';

export class AddDialog {
  /** @param {HTMLDialogElement} dialog with the fields kind, name and path */
  constructor(dialog, modeler, onDone) {
    Object.assign(this, { _dialog: dialog, _modeler: modeler, _onDone: onDone });
    dialog.querySelector('form').addEventListener('submit', event => { event.preventDefault(); this._add(); });
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  }

  ask(element) {
    this._after = element;
    const form = this._dialog.querySelector('form');
    form.reset();
    this._dialog.querySelector('[data-part="after"]').textContent = nameOf(element);
    const paths = StepInserter.pathsFrom(element);
    form.elements.path.replaceChildren(...paths.map(path => new Option(
      say('Before {name}', { name: nameOf(path.target) }), path.id)), new Option(say('On a path of its own'), ''));
    form.elements.path.selectedIndex = 0;
    this._dialog.showModal();
    form.elements.name.focus();
  }

  _add() {
    const { kind, name, path } = this._dialog.querySelector('form').elements;
    const flow = path.value ? this._modeler.get('elementRegistry').get(path.value) : null;
    const made = this._modeler.get('stepInserter').insert(this._after, kind.value, name.value.trim(), flow);
    this._dialog.close();
    this._modeler.get('selection').select(made);
    this._modeler.get('canvas').scrollToElement(made, 60);
    this._onDone(made);
  }
}
