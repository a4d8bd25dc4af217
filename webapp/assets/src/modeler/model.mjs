// Reading and writing what an element says beyond its name. Each write is one step of undo.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

/** The semantic element; of a pool the process that it shows. */
export function semantic(element) {
  const object = getBusinessObject(element);
  return is(object, 'bpmn:Participant') ? object.processRef ?? object : object;
}

/** The event definition of a type, such as 'bpmn:TimerEventDefinition', if there is one. */
export const eventDefinition = (element, type) =>
  (getBusinessObject(element).eventDefinitions ?? []).find(each => is(each, type));

/** The extension elements of a type, such as 'anju:Sla'. */
export const extensions = (object, type) =>
  (object.get('extensionElements')?.get('values') ?? []).filter(each => is(each, type));

/** Writes for one element: everything goes through the command stack. */
export class Writer {
  constructor(modeling, bpmnFactory) {
    this._modeling = modeling;
    this._factory = bpmnFactory;
  }

  static $inject = ['modeling', 'bpmnFactory'];

  /** Make a moddle element. */
  create(type, properties, parent) {
    const made = this._factory.create(type, properties);
    made.$parent = parent;
    return made;
  }

  /** Set attributes of the element itself, or of something inside it. Empty texts remove the attribute. */
  set(element, properties, object = semantic(element)) {
    const cleaned = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, value === '' ? undefined : value]));
    this._modeling.updateModdleProperties(element, object, cleaned);
  }

  /** Put a text such as a condition or a duration in its place; an empty one goes. */
  setExpression(element, object, name, text) {
    const body = text?.trim()
      ? this.create('bpmn:FormalExpression', { body: text.trim() }, object)
      : undefined;
    const old = object.get(name);
    if (body && old?.get('anju:calendar')) body.set('anju:calendar', old.get('anju:calendar'));
    this._modeling.updateModdleProperties(element, object, { [name]: body });
  }

  /** Replace all extension elements of one type. */
  setExtensions(element, type, made, object = semantic(element)) {
    const holder = object.get('extensionElements');
    const others = (holder?.get('values') ?? []).filter(each => !is(each, type));
    const values = [...others, ...made];
    if (!values.length) {
      if (holder) this._modeling.updateModdleProperties(element, object, { extensionElements: undefined });
      return;
    }
    const next = this.create('bpmn:ExtensionElements', {}, object);
    next.set('values', values);
    values.forEach(each => { each.$parent = next; });
    this._modeling.updateModdleProperties(element, object, { extensionElements: next });
  }

  /** Change the attributes of one extension element and leave the others. */
  setExtension(element, entry, properties) {
    this.set(element, properties, entry);
  }

  /** Documentation of an element: one text. */
  setDocumentation(element, text) {
    const object = semantic(element);
    const made = text ? [this.create('bpmn:Documentation', { text }, object)] : [];
    this._modeling.updateModdleProperties(element, object, { documentation: made });
  }
}

export const documentationOf = element => semantic(element).get('documentation')?.[0]?.get('text') ?? '';
