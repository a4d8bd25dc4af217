// Who does a step, with which form, and how often.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { custom, entry, optionsOf } from './entries.jsx';
import { semantic } from './model.mjs';
import { say } from './words.mjs';

/** The lane an element stands in: the one that lists it, else the one around it. */
export function laneOf(element) {
  const object = getBusinessObject(element);
  for (let parent = element.parent; parent; parent = parent.parent)
    if (is(parent, 'bpmn:Lane')) return getBusinessObject(parent).name;
  const lanes = sets => (sets ?? []).flatMap(set => set.lanes ?? []).flatMap(lane => [lane, ...lanes([lane.childLaneSet].filter(Boolean))]);
  for (let scope = object.$parent; scope; scope = scope.$parent) {
    const found = lanes(scope.laneSets).filter(lane => (lane.flowNodeRef ?? []).includes(object));
    if (found.length) return found.at(-1).name;
  }
  return '';
}

const attribute = (writer, id, name, label, more = {}) => entry({
  id, kind: 'text', label, get: each => semantic(each).get(name), set: (each, value) => writer.set(each, { [name]: value }), ...more });

export function whoGroup(element, { office, writer, isPlain }) {
  if (!is(element, 'bpmn:UserTask')) return null;
  const lane = laneOf(element);
  const entries = [
    entry({
      id: 'role', kind: 'select', label: 'Role', hint: lane ? undefined : 'Who may claim this step.',
      get: each => semantic(each).get('camunda:candidateGroups'),
      set: (each, value) => writer.set(each, { 'camunda:candidateGroups': value }),
      options: each => optionsOf(office.roles, semantic(each).get('camunda:candidateGroups'), 'Nobody chosen'),
    }),
    lane && custom('lane', Note, { text: 'Drawn in the lane {lane}', values: { lane } }),
  ];
  if (!isPlain) entries.push(
    attribute(writer, 'role-text', 'camunda:candidateGroups', 'Role or rule', { hint: 'A role, or FEEL after "=".', isCode: true }),
    attribute(writer, 'assignee', 'camunda:assignee', 'Person', { hint: 'FEEL after "=": the account the step is given to.', isCode: true }),
    attribute(writer, 'scope', 'anju:scope', 'Place or firm', { hint: 'FEEL after "=": only people of this scope see the step.', isCode: true }),
    attribute(writer, 'priority', 'camunda:priority', 'Priority', { hint: '0 to 100, or FEEL after "=".', isCode: true }));
  return { id: 'office-who', label: 'Who', shouldOpen: true, entries: entries.filter(Boolean) };
}

const Note = ({ text, values }) => <p class="panel-note">{say(text, values)}</p>;

const FormLink = ({ element, address }) => {
  const form = semantic(element).get('camunda:formKey');
  return form && address
    ? <p class="panel-note"><a href={address.replace('__name__', form)}>{say('Open this form')}</a></p> : null;
};

const bringsForm = element =>
  is(element, 'bpmn:UserTask') || is(element, 'bpmn:StartEvent') || is(element, 'bpmn:ReceiveTask')
  || (isAny(element, ['bpmn:IntermediateCatchEvent', 'bpmn:BoundaryEvent'])
    && (getBusinessObject(element).eventDefinitions ?? []).some(each => is(each, 'bpmn:MessageEventDefinition')));

export function formGroup(element, { office, writer }) {
  if (!bringsForm(element)) return null;
  return {
    id: 'office-form', label: 'Form', shouldOpen: true,
    entries: [
      entry({
        id: 'form', kind: 'select', label: 'Form',
        get: each => semantic(each).get('camunda:formKey'),
        set: (each, value) => writer.set(each, { 'camunda:formKey': value }),
        options: each => optionsOf(office.forms, semantic(each).get('camunda:formKey'), 'No form'),
      }),
      custom('form-link', FormLink, { address: office.urls.form }),
      is(element, 'bpmn:UserTask') && entry({
        id: 'bulk-safe', kind: 'check', label: 'Many at once', hint: 'Many of these may be completed together. Only for forms that ask for confirmations, never for decisions.',
        get: each => semantic(each).get('anju:bulkSafe') === 'true',
        set: (each, value) => writer.set(each, { 'anju:bulkSafe': value ? 'true' : undefined }),
      }),
    ].filter(Boolean),
  };
}

export function loopGroup(element, { writer }) {
  const loop = getBusinessObject(element).loopCharacteristics;
  if (!loop || !is(loop, 'bpmn:MultiInstanceLoopCharacteristics')) return null;
  const text = (id, name, label, hint) => entry({
    id, kind: 'text', label, hint, isCode: true, get: () => loop.get(name), set: (each, value) => writer.set(each, { [name]: value }, loop) });
  return {
    id: 'office-loop', label: 'Several times',
    entries: [
      text('loop-list', 'camunda:collection', 'For each of', 'FEEL after "=": a list.'),
      text('loop-item', 'camunda:elementVariable', 'Name of one'),
    ],
  };
}
