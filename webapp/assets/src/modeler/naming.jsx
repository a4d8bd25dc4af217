// Name, explanation, the words residents read, and the English of all that.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { getLabel } from 'bpmn-js/lib/util/LabelUtil';
import { custom, entry } from './entries.jsx';
import { documentationOf, extensions, semantic } from './model.mjs';
import { say } from './words.mjs';

const hasName = element => !is(element, 'bpmn:Association') && !is(element, 'bpmn:Group');

const hasLabel = element => ['bpmn:FlowElement', 'bpmn:Participant', 'bpmn:Lane', 'bpmn:TextAnnotation'].some(type => is(element, type));

/** A name that is drawn goes through the label, so that its room grows with it. */
function rename(element, text, modeling, writer) {
  if (hasLabel(element)) modeling.updateLabel(element, text);
  else writer.set(element, { name: text });
}

export function nameGroup(element, { writer, modeling, isPlain }) {
  if (is(element, 'bpmn:Collaboration'))
    return { id: 'office-none', label: 'Process', shouldOpen: true, entries: [custom('nothing-chosen', NothingChosen)] };
  const entries = [
    hasName(element) && entry({
      id: 'name', kind: is(element, 'bpmn:TextAnnotation') ? 'area' : 'text', label: 'Name',
      get: each => getLabel(each) ?? '',
      set: (each, text) => {
        if (is(each, 'bpmn:Participant') && semantic(each).get('name') !== text) writer.set(each, { name: text }); // its process
        rename(each, text, modeling, writer);
      },
    }),
    entry({
      id: 'documentation', kind: 'area', label: 'Explanation',
      hint: 'What happens here, why, and the source of the rule. It stands in the handbook.',
      get: documentationOf,
      set: (each, text) => writer.setDocumentation(each, text),
    }),
    is(element, 'bpmn:UserTask') && entry({
      id: 'milestone', kind: 'text', label: 'Words for the resident',
      hint: 'What the resident reads while this step is open.',
      get: each => semantic(each).get('anju:milestone'),
      set: (each, text) => writer.set(each, { 'anju:milestone': text }),
    }),
    !isPlain && entry({ id: 'element-id', kind: 'text', label: 'Identifier', isFixed: true,
      hint: 'It never changes: running cases are carried over by it.',
      get: each => semantic(each).id, set: () => {} }),
  ];
  return { id: 'office-name', label: 'Name and explanation', shouldOpen: true, entries: entries.filter(Boolean) };
}

const NothingChosen = () => <p class="panel-note">{say('Choose a step in the diagram or in the list below.')}</p>;

/** The texts of an element that people read, each with a name of its field. */
export function textsOf(element) {
  const object = semantic(element);
  const texts = [
    ['name', 'Name', getLabel(element) || object.get('name')],
    ['documentation', 'Explanation', documentationOf(element)],
  ];
  if (is(element, 'bpmn:UserTask')) texts.push(['milestone', 'Words for the resident', object.get('anju:milestone')]);
  for (const [index, sla] of extensions(object, 'anju:Sla').entries()) {
    texts.push([`sla-${index}-name`, 'Service level', sla.get('name')], [`sla-${index}-basis`, 'Legal basis', sla.get('basis')]);
    for (const [place, pause] of (sla.get('pauses') ?? []).entries())
      texts.push([`sla-${index}-pause-${place}`, 'Reason of the pause', pause.get('reason')]);
  }
  return texts.filter(([, , text]) => text);
}

export function englishGroup(element, { english }) {
  const texts = is(element, 'bpmn:Collaboration') ? [] : textsOf(element);
  if (!texts.length || !getBusinessObject(element).id) return null;
  return {
    id: 'office-english', label: 'English',
    entries: texts.map(([id, label, text]) => entry({
      id: `english-${id}`, kind: id === 'documentation' ? 'area' : 'text', label,
      hint: english.of(text) ? undefined : 'Not translated yet',
      get: () => english.of(text),
      set: (_, translated) => english.set(text, translated),
    })),
  };
}
