// Conditions of paths: rows of field, operator and value, or free FEEL; tried at once with sample values.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { Cell, Choice, CodeArea, Labelled, PanelButton, custom } from './entries.jsx';
import { OPERATORS, namesIn, readRows, readSample, writeRows } from './feel.mjs';
import { semantic } from './model.mjs';
import { say } from './words.mjs';

const OPERATOR_WORDS = { '=': 'is', '!=': 'is not', '<': 'is less than', '<=': 'is at most', '>': 'is more than',
  '>=': 'is at least', contains: 'contains' };
const WAIT_MS = 350;

const conditionOf = element => semantic(element).get('conditionExpression')?.get('body') ?? '';
const isDefault = element => element.source && semantic(element.source).get('default') === semantic(element);

/** What the server makes of an expression with these samples; asked after a pause. */
function useCheck(expression, samples, office) {
  const [answer, setAnswer] = useState(null);
  useEffect(() => {
    if (!expression) { setAnswer(null); return undefined; }
    const stop = new AbortController();
    const timer = setTimeout(() => office.evaluate(expression, samples, stop.signal).then(setAnswer, () => {}), WAIT_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [expression, JSON.stringify(samples)]);
  return answer;
}

const shown = value => typeof value === 'string' ? value : JSON.stringify(value);

/** A value as its field is answered: yes or no, one of its options, a number or text. */
function Value({ label, field, value, onWrite }) {
  const choices = field?.kind === 'boolean'
    ? [{ value: 'true', label: say('yes') }, { value: 'false', label: say('no') }] : field?.options ?? [];
  if (!choices.length) {
    const read = text => field?.kind === 'text' ? text : readSample(text);
    return <Cell label={label} value={shown(value)} onWrite={text => onWrite(read(text))} />;
  }
  const present = choices.some(each => each.value === shown(value)) ? [] : [{ value: shown(value), label: shown(value) }];
  return <Choice label={label} value={shown(value)} options={[...present, ...choices]}
    onWrite={chosen => onWrite(field.kind === 'boolean' ? chosen === 'true' : chosen)} />;
}

function Rows({ parsed, office, onWrite }) {
  const { joined, rows } = parsed;
  const fields = office.fields;
  const change = (index, part) => onWrite({ joined, rows: rows.map((row, place) => place === index ? { ...row, ...part } : row) });
  const blank = { field: fields[0]?.value ?? 'value', operator: '=', value: fields[0]?.options?.[0]?.value ?? '' };
  return (
    <>
      {rows.length > 1 && <Choice label={say('Rows hold')} value={joined} onWrite={next => onWrite({ joined: next, rows })}
        options={[{ value: 'and', label: say('all of these hold') }, { value: 'or', label: say('one of these holds') }]} />}
      {rows.map((row, index) => {
        const field = fields.find(each => each.value === row.field);
        return (
          <div class="condition-row" key={index} role="group" aria-label={say('Row {number}', { number: index + 1 })}>
            <Choice label={say('Field')} value={row.field} onWrite={value => change(index, { field: value })}
              options={[...(field ? [] : [{ value: row.field, label: row.field }]), ...fields]} />
            <Choice label={say('Comparison')} value={row.operator} onWrite={operator => change(index, { operator })}
              options={OPERATORS.map(value => ({ value, label: say(OPERATOR_WORDS[value]) }))} />
            <Value label={say('Value')} field={field} value={row.value} onWrite={value => change(index, { value })} />
            <PanelButton kind="remove" onClick={() => onWrite({ joined, rows: rows.filter((_, place) => place !== index) })}>
              <span aria-label={say('Remove row {number}', { number: index + 1 })}>×</span></PanelButton>
          </div>
        );
      })}
      <PanelButton onClick={() => onWrite({ joined, rows: [...rows, blank] })}>{say('Add a row')}</PanelButton>
    </>
  );
}

function Samples({ names, office, samples, onChange }) {
  if (!names.length) return null;
  return (
    <table class="panel-table">
      <caption>{say('Try it with')}</caption>
      <tbody>{names.map(name => (
        <tr key={name}>
          <th scope="row">{office.fields.find(each => each.value === name)?.label ?? name}</th>
          <td><Value label={say('Sample value of {name}', { name })} field={office.fields.find(each => each.value === name)}
            value={samples[name] ?? ''} onWrite={value => onChange({ ...samples, [name]: value })} /></td>
        </tr>))}
      </tbody>
    </table>
  );
}

function Condition({ element, desk }) {
  const { office, writer } = desk;
  const text = conditionOf(element), parsed = readRows(text);
  const [isFree, setFree] = useState(parsed === null);
  const names = namesIn(text);
  const [samples, setSamples] = useState(office.samples);
  const keep = next => { Object.assign(office.samples, next); setSamples({ ...next }); };
  const used = Object.fromEntries(names.map(name => [name, samples[name] ?? null]));
  const answer = useCheck(text, used, office);
  const write = next => writer.setExpression(element, semantic(element), 'conditionExpression', next);
  if (isDefault(element)) return <p class="panel-note">{say('This path is taken when no other condition holds.')}</p>;
  return (
    <div class="bio-properties-panel-entry">
      {isFree || parsed === null
        ? <Labelled label={say('Condition in FEEL')}><CodeArea label={say('Condition in FEEL')} value={text} onWrite={write} /></Labelled>
        : <Rows parsed={parsed} office={office} onWrite={rows => write(writeRows(rows))} />}
      {parsed !== null
        ? <PanelButton onClick={() => setFree(!isFree)}>{isFree ? say('Edit as rows') : say('Write it as text')}</PanelButton>
        : text && <p class="panel-note">{say('This condition says more than rows can show.')}</p>}
      <Samples names={names} office={office} samples={samples} onChange={keep} />
      <p class={`condition-answer${answer?.error ? ' is-wrong' : ''}`} role="status">
        {answer?.error ?? (answer ? [say('With these values: {value}', { value: answer.value }), ...(answer.problems ?? [])].join(' ') : '')}
      </p>
    </div>
  );
}

export function conditionGroup(element, desk) {
  if (!is(element, 'bpmn:SequenceFlow')) return null;
  const branches = is(element.source, 'bpmn:ExclusiveGateway') || is(element.source, 'bpmn:InclusiveGateway');
  if (!branches && !conditionOf(element)) return null;
  return { id: 'office-condition', label: 'Taken when', shouldOpen: true, entries: [custom(`condition-${element.id}`, Condition, { desk })] };
}
