// Service levels of a step, a phase or the whole case, each with its ladder as a small table.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Cell, Choice, PanelButton, custom, entry, optionsOf } from './entries.jsx';
import { extensions, semantic } from './model.mjs';
import { say } from './words.mjs';

const PHASES = ['bpmn:SubProcess', 'bpmn:CallActivity', 'bpmn:Process', 'bpmn:Participant'];
const EXPERT_FIELDS = [
  ['from', 'Begins when this step is entered'], ['to', 'Ends when one of these steps is left'], ['start', 'Counted from (FEEL)'],
  ['startKind', 'What it starts with'], ['proof', 'Proof of the start'], ['calendar', 'Working calendar'],
  ['rolling', 'An end on a day off rolls'], ['saturday', 'End on a Saturday'], ['warnings', 'Reminders instead of the ladder\'s'],
  ['fulfilled', 'Done when (FEEL)'], ['timer', 'Due with this timer'],
];

const NEW_RUNG = { at: 'P1D', notify: ['doer'], reassign: '', raisePriority: '' };

const rungsOf = (sla, office) => sla.get('rungs')?.length
  ? sla.get('rungs').map(rung => ({ at: rung.get('at') ?? '', notify: (rung.get('notify') ?? '').split(/\s+/).filter(Boolean),
    reassign: rung.get('reassign') ?? '', raisePriority: rung.get('raisePriority') ?? '' }))
  : (office.ladders.find(each => each.value === (sla.get('ladder') || 'default'))?.rungs ?? []);

/** "-P1D" in words; what is written otherwise stays as it is. */
function sayAt(at) {
  const share = /^(\d+)%$/.exec(at);
  if (share) return say('{share} % of the period', { share: share[1] });
  const found = /^(-?)P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(at);
  if (!found) return at;
  const [, sign, days, hours] = found;
  if (!+(days ?? 0) && !+(hours ?? 0)) return say('at the end');
  const length = [days && say('{count} days', { count: days }), hours && say('{count} hours', { count: hours })].filter(Boolean).join(' ');
  return say(sign ? '{length} before' : '{length} after', { length });
}

function Ladder({ element, sla, desk }) {
  const { office, writer } = desk;
  const own = Boolean(sla.get('rungs')?.length), rungs = rungsOf(sla, office);
  const store = rows => writer.set(element, { rungs: rows.map(row => writer.create('anju:Rung',
    Object.fromEntries(Object.entries({ ...row, notify: row.notify.join(' ') }).filter(([, value]) => value !== '')), sla)) }, sla);
  const change = (index, part) => store(rungs.map((row, place) => place === index ? { ...row, ...part } : row));
  const named = value => office.notified.find(each => each.value === value)?.label ?? value;
  return (
    <table class="panel-table">
      <caption>{say('Who is told when')}</caption>
      <thead><tr>
        <th scope="col">{say('When')}</th>
        <th scope="col">{say('Who is told')}</th>
        {own && <th scope="col"><span class="visually-hidden">{say('Remove')}</span></th>}
      </tr></thead>
      <tbody>
        {rungs.map((row, index) => (
          <tr key={index}>
            <td>{own
              ? <Cell label={say('When')} value={row.at} placeholder="-P1D" onWrite={at => change(index, { at: at.trim() })} />
              : sayAt(row.at)}
              {own && <small>{sayAt(row.at)}</small>}</td>
            <td>
              {row.notify.map(who => own
                ? <PanelButton key={who} kind="chip" onClick={() => change(index, { notify: row.notify.filter(each => each !== who) })}>
                    {named(who)} <span aria-label={say('Remove')}>×</span></PanelButton>
                : <span key={who} class="panel-chip">{named(who)}</span>)}
              {own && <Choice label={say('Tell somebody else')} value="" onWrite={who => who && change(index, { notify: [...row.notify, who] })}
                options={[{ value: '', label: say('Add …') }, ...office.notified.filter(each => !row.notify.includes(each.value))]} />}
              {row.reassign && <small>{say('goes to {who}', { who: named(row.reassign) })}</small>}
            </td>
            {own && <td><PanelButton kind="remove" onClick={() => store(rungs.filter((_, place) => place !== index))}>
              <span aria-label={say('Remove rung {number}', { number: index + 1 })}>×</span></PanelButton></td>}
          </tr>
        ))}
      </tbody>
      <tfoot><tr><td colSpan={own ? 3 : 2}>
        {own && <PanelButton onClick={() => store([...rungs, NEW_RUNG])}>{say('Add a rung')}</PanelButton>}
        {own
          ? <PanelButton onClick={() => writer.set(element, { rungs: [] }, sla)}>{say('Use the named ladder again')}</PanelButton>
          : <PanelButton onClick={() => store(rungs.map(row => ({ ...row })))}>{say('Adjust this ladder')}</PanelButton>}
      </td></tr></tfoot>
    </table>
  );
}

function ServiceLevel({ element, sla, index, desk }) {
  const { office, writer, isPlain } = desk;
  const field = (name, label, more = {}) => {
    const made = entry({ id: `sla-${index}-${name}`, kind: 'text', label, get: () => sla.get(name),
      set: (each, value) => writer.set(each, { [name]: value }, sla), ...more });
    return <made.component {...made} element={element} />;
  };
  const all = extensions(semantic(element), 'anju:Sla');
  return (
    <fieldset class="panel-set">
      <legend>{sla.get('name') || say('Deadline')}</legend>
      {sla.get('timer') && <p class="panel-note">{say('It ends with the timer “{name}”: change the period there.',
        { name: semantic(desk.registry.get(sla.get('timer')) ?? element).get('name') || sla.get('timer') })}</p>}
      {!sla.get('timer') && field('amount', 'Length', { hint: sla.get('amount') ? undefined : 'A whole number, or FEEL after "=".' })}
      {!sla.get('timer') && field('unit', 'Unit', { kind: 'select', get: () => sla.get('unit') || 'calendar_days', options: () => office.units })}
      {field('basis', 'Legal basis', { kind: 'area' })}
      {field('name', 'Name of the deadline')}
      {field('ladder', 'Ladder', { kind: 'select', get: () => sla.get('ladder') || 'default', options: () => office.ladders })}
      <Ladder element={element} sla={sla} desk={desk} />
      <Pauses element={element} sla={sla} desk={desk} />
      {!isPlain && EXPERT_FIELDS.map(([name, label]) => field(name, label, { isCode: true }))}
      <PanelButton kind="remove-all" onClick={() => writer.setExtensions(element, 'anju:Sla', all.filter(each => each !== sla))}>
        {say('Remove this deadline')}</PanelButton>
    </fieldset>
  );
}

function Pauses({ element, sla, desk }) {
  const { office, writer, isPlain } = desk;
  const pauses = sla.get('pauses') ?? [];
  if (!pauses.length && isPlain) return null;
  const steps = office.waiting();
  const change = (pause, part) => writer.set(element, part, pause);
  const store = kept => writer.set(element, { pauses: kept }, sla);
  return (
    <table class="panel-table">
      <caption>{say('The clock stands still')}</caption>
      <thead><tr><th scope="col">{say('While')}</th><th scope="col">{say('Reason')}</th></tr></thead>
      <tbody>
        {pauses.map((pause, index) => (
          <tr key={index}>
            <td>{pause.get('when') !== undefined
              ? <Cell label={say('While')} value={pause.get('when')} onWrite={when => change(pause, { when })} />
              : <Choice label={say('While')} value={pause.get('while') ?? ''} options={optionsOf(steps, pause.get('while'))}
                  onWrite={step => change(pause, { while: step })} />}</td>
            <td><Cell label={say('Reason')} value={pause.get('reason') ?? ''} list="pause-reasons"
              onWrite={reason => change(pause, { reason })} /></td>
          </tr>
        ))}
      </tbody>
      {!isPlain && <tfoot><tr><td colSpan={2}>
        <PanelButton onClick={() => store([...pauses, writer.create('anju:Pause', { while: '', reason: '' }, sla)])}>
          {say('Add a pause')}</PanelButton>
        {pauses.length > 0 && <PanelButton onClick={() => store(pauses.slice(0, -1))}>{say('Remove the last pause')}</PanelButton>}
      </td></tr></tfoot>}
    </table>
  );
}

function ServiceLevels({ element, desk }) {
  const levels = extensions(semantic(element), 'anju:Sla');
  const add = () => desk.writer.setExtensions(element, 'anju:Sla',
    [...levels, desk.writer.create('anju:Sla', { amount: '7', unit: 'calendar_days', ladder: 'default' })]);
  return (
    <div class="bio-properties-panel-entry">
      {levels.map((sla, index) => <ServiceLevel key={index} element={element} sla={sla} index={index} desk={desk} />)}
      {(levels.length === 0 || is(semantic(element), 'bpmn:Process')) && <PanelButton onClick={add}>{say('Add a deadline')}</PanelButton>}
    </div>
  );
}

export function deadlineGroup(element, desk) {
  if (!is(element, 'bpmn:UserTask') && !isAny(element, PHASES)) return null;
  const { office, writer, isPlain } = desk, object = semantic(element);
  const due = is(element, 'bpmn:UserTask') && (object.get('camunda:dueDate') || !isPlain);
  const text = (id, name, label, more) => entry({ id, kind: 'text', label, get: each => semantic(each).get(name),
    set: (each, value) => writer.set(each, { [name]: value }), ...more });
  return {
    id: 'office-deadline', label: 'Deadline', shouldOpen: true,
    entries: [
      custom('service-levels', ServiceLevels, { desk }),
      ...(due ? [
        text('due', 'camunda:dueDate', 'Due date computed', { hint: 'Such as P3D, or FEEL after "=".', isCode: true }),
        text('due-calendar', 'anju:calendar', 'Counted by', { kind: 'select',
          options: each => optionsOf(office.calendars, semantic(each).get('anju:calendar'), 'Exact time') }),
        text('due-ladder', 'anju:ladder', 'Ladder', { kind: 'select',
          options: each => optionsOf(office.ladders, semantic(each).get('anju:ladder'), 'No reminders') }),
      ] : []),
    ],
  };
}
