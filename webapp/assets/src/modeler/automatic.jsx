// What the system does: decisions, letters, operations with their inputs and outputs, computations, other processes.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Cell, PanelButton, custom, entry, optionsOf } from './entries.jsx';
import { extensions, semantic } from './model.mjs';
import { say } from './words.mjs';

const LETTERS = 'letter.issue';

const text = (writer, id, name, label, more = {}) => entry({ id, kind: 'text', label, isCode: true,
  get: each => semantic(each).get(name), set: (each, value) => writer.set(each, { [name]: value }), ...more });

export function decisionGroup(element, { office, writer, isPlain }) {
  if (!is(element, 'bpmn:BusinessRuleTask')) return null;
  return {
    id: 'office-decision', label: 'Decision', shouldOpen: true,
    entries: [
      text(writer, 'decision', 'camunda:decisionRef', 'Decision table', { kind: 'select',
        options: each => optionsOf(office.decisions, semantic(each).get('camunda:decisionRef'), 'No table chosen') }),
      custom('decision-words', DecisionWords, { office }),
      !isPlain && text(writer, 'decision-result', 'camunda:resultVariable', 'Result goes to'),
    ].filter(Boolean),
  };
}

function DecisionWords({ element, office }) {
  const chosen = office.decisions.find(each => each.value === semantic(element).get('camunda:decisionRef'));
  if (!chosen) return null;
  return (
    <p class="panel-note">
      {say('Looks at: {inputs}. Gives: {outputs}.', { inputs: chosen.inputs.join('、') || '–', outputs: chosen.outputs.join('、') || '–' })}
      {office.urls.decision && <> <a href={office.urls.decision.replace('__name__', chosen.file)}>{say('Open this table')}</a></>}
    </p>
  );
}

const mapping = element => extensions(semantic(element), 'camunda:InputOutput')[0];
const parameters = (element, side) => mapping(element)?.get(side) ?? [];

/** Put a list of parameters in place of the old one. */
function storeParameters(writer, element, side, rows) {
  const type = side === 'inputParameters' ? 'camunda:InputParameter' : 'camunda:OutputParameter';
  const old = mapping(element), other = side === 'inputParameters' ? 'outputParameters' : 'inputParameters';
  const made = writer.create('camunda:InputOutput', {});
  const fresh = rows.map(row => row.moddle ?? writer.create(type, { name: row.name, value: row.value }, made));
  made.set(side, fresh);
  made.set(other, [...(old?.get(other) ?? [])]);
  writer.setExtensions(element, 'camunda:InputOutput', fresh.length || made.get(other).length ? [made] : []);
}

function Parameters({ element, side, caption, writer, known }) {
  const rows = parameters(element, side).map(each => ({ name: each.get('name') ?? '', value: each.get('value') ?? '',
    moddle: each.get('definition') ? each : null }));
  const store = next => storeParameters(writer, element, side, next);
  const change = (index, part) => store(rows.map((row, place) => place === index ? { ...row, ...part, moddle: null } : row));
  const blank = name => ({ name, value: name && `=${name}`, moddle: null });
  const missing = known.filter(name => !rows.some(row => row.name === name));
  return (
    <div class="bio-properties-panel-entry">
      <table class="panel-table">
        <caption>{caption}</caption>
        <thead><tr>
          <th scope="col">{say('Name')}</th>
          <th scope="col">{say('Value')}</th>
          <th scope="col"><span class="visually-hidden">{say('Remove')}</span></th>
        </tr></thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td><Cell label={say('Name')} value={row.name} list={`known-${side}`} onWrite={name => change(index, { name })} /></td>
              <td>{row.moddle ? <em>{say('a list or table')}</em>
                : <Cell label={say('Value of {name}', { name: row.name })} value={row.value} onWrite={value => change(index, { value })} />}</td>
              <td><PanelButton kind="remove" onClick={() => store(rows.filter((_, place) => place !== index))}>
                <span aria-label={say('Remove {name}', { name: row.name })}>×</span></PanelButton></td>
            </tr>
          ))}
        </tbody>
      </table>
      <datalist id={`known-${side}`}>{missing.map(name => <option key={name} value={name} />)}</datalist>
      <PanelButton onClick={() => store([...rows, blank(missing[0] ?? '')])}>{say('Add a line')}</PanelButton>
    </div>
  );
}

function TopicWords({ element, office }) {
  const topic = office.topics.find(each => each.value === semantic(element).get('camunda:topic'));
  if (!topic) return null;
  const inputs = topic.inputs.map(each => each.isNeeded ? each.name : `${each.name}?`).join(', ');
  return (
    <div class="panel-note">
      {topic.note && <p>{topic.note}</p>}
      {topic.inputs.length > 0 && <p>{say('Takes: {names}', { names: inputs })}</p>}
      {topic.outputs.length > 0 && <p>{say('Gives: {names}', { names: topic.outputs.join(', ') })}</p>}
    </div>
  );
}

export function serviceGroup(element, { office, writer }) {
  if (!isAny(element, ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask', 'bpmn:CallActivity', 'bpmn:UserTask'])) return null;
  const isService = is(element, 'bpmn:ServiceTask');
  const topic = office.topics.find(each => each.value === semantic(element).get('camunda:topic'));
  const tables = [
    custom('inputs', Parameters, { side: 'inputParameters', caption: say('Takes along'), writer, known: topic?.inputs.map(each => each.name) ?? [] }),
    custom('outputs', Parameters, { side: 'outputParameters', caption: say('Brings back'), writer, known: topic?.outputs ?? [] }),
  ];
  return {
    id: 'office-service', label: isService ? 'What the system does' : 'Values in and out', shouldOpen: isService,
    entries: isService ? [
      entry({ id: 'topic', kind: 'select', label: 'Topic', get: each => semantic(each).get('camunda:topic'),
        set: (each, value) => writer.set(each, { 'camunda:type': value ? 'external' : undefined, 'camunda:topic': value }),
        options: each => optionsOf(office.topics, semantic(each).get('camunda:topic'), 'No topic chosen') }),
      custom('topic-words', TopicWords, { office }), ...tables,
    ] : tables,
  };
}

export function letterGroup(element, { office, writer }) {
  const topic = is(element, 'bpmn:ServiceTask') && semantic(element).get('camunda:topic');
  if (!topic) return null;
  const own = office.topics.find(each => each.value === topic)?.letters ?? [];
  if (topic !== LETTERS && !own.length) return null;
  const template = () => parameters(element, 'inputParameters').find(each => each.get('name') === 'template')?.get('value') ?? '';
  const names = own.map(name => office.letters.find(each => each.value === name)?.label ?? name).join('、');
  return {
    id: 'office-letter', label: 'Letter', shouldOpen: true,
    entries: topic !== LETTERS
      ? [custom('letter-words', () => <p class="panel-note">{say('Writes the letter: {names}', { names })}</p>)]
      : [entry({ id: 'letter', kind: 'select', label: 'Words of the letter', get: template,
        options: () => optionsOf(office.letters, template(), 'No letter chosen'),
        set: (each, value) => {
          const rows = parameters(each, 'inputParameters').map(one => ({ name: one.get('name'), value: one.get('value'),
            moddle: one.get('name') === 'template' ? null : one }));
          const at = rows.findIndex(row => row.name === 'template');
          if (at < 0) rows.unshift({ name: 'template', value, moddle: null }); else rows[at] = { ...rows[at], value };
          storeParameters(writer, each, 'inputParameters', rows);
        } })],
  };
}

export function scriptGroup(element, { writer }) {
  if (!is(element, 'bpmn:ScriptTask')) return null;
  return {
    id: 'office-script', label: 'Computation', shouldOpen: true,
    entries: [
      text(writer, 'script', 'script', 'Lines in FEEL', { kind: 'area', hint: 'One line each: name = expression.',
        set: (each, value) => writer.set(each, { scriptFormat: 'feel', script: value }) }),
    ],
  };
}

const isAddressed = element => isAny(element, ['bpmn:SendTask', 'bpmn:ReceiveTask'])
  || (getBusinessObject(element).eventDefinitions ?? []).some(each => isAny(each, ['bpmn:MessageEventDefinition', 'bpmn:SignalEventDefinition']));

/** Other processes: what is called, and to whom a message goes. */
export function partnerGroup(element, { office, writer }) {
  if (is(element, 'bpmn:CallActivity'))
    return { id: 'office-partner', label: 'Other process', shouldOpen: true, entries: [
      text(writer, 'called', 'calledElement', 'Process', { kind: 'select',
        options: each => optionsOf(office.processes, semantic(each).get('calledElement'), 'No process chosen') })] };
  if (!isAddressed(element)) return null;
  const place = getBusinessObject(element).eventDefinitions?.[0] ?? getBusinessObject(element);
  return { id: 'office-partner', label: 'Which case it belongs to', entries: [
    entry({ id: 'correlation', kind: 'text', label: 'Correlation key', hint: 'FEEL after "=": must be the same at both ends.', isCode: true,
      get: () => place.get('anju:correlationKey'), set: (each, value) => writer.set(each, { 'anju:correlationKey': value }, place) })] };
}
