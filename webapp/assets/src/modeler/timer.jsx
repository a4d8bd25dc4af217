// A timer: at a date, after a period of some calendar, or again and again.
import { custom, entry, optionsOf } from './entries.jsx';
import { eventDefinition } from './model.mjs';
import { say } from './words.mjs';

const KINDS = ['timeDuration', 'timeDate', 'timeCycle', 'cron'];
const LABELS = { timeDuration: 'After a period', timeDate: 'At an instant', timeCycle: 'Again and again', cron: 'By a timetable (cron)' };
const HINTS = { timeDuration: 'Such as P7D, PT4H, P3M, or FEEL after "=".', timeDate: 'A date, or FEEL after "=" such as =due_at.',
  timeCycle: 'Such as R/P1M.', cron: 'Such as 0 8 1 * *.' };

const timerOf = element => eventDefinition(element, 'bpmn:TimerEventDefinition');

const kindOf = timer => timer.get('anju:cron') ? 'cron' : KINDS.find(kind => kind !== 'cron' && timer.get(kind)) ?? 'timeDuration';

const textOf = timer => {
  const kind = kindOf(timer);
  return (kind === 'cron' ? timer.get('anju:cron') : timer.get(kind)?.get('body')) ?? '';
};

function write(writer, element, kind, text) {
  const timer = timerOf(element);
  const body = kind !== 'cron' ? writer.create('bpmn:FormalExpression', { body: text }, timer) : undefined;
  if (body && timer.get(kind)?.get('anju:calendar')) body.set('anju:calendar', timer.get(kind).get('anju:calendar'));
  const cleared = Object.fromEntries(KINDS.filter(each => each !== 'cron').map(each => [each, undefined]));
  writer.set(element, { ...cleared, 'anju:cron': kind === 'cron' ? text : undefined,
    'anju:calendar': kind === 'timeDuration' ? timer.get('anju:calendar') : undefined, ...(body ? { [kind]: body } : {}) }, timer);
}

const Hint = ({ element }) => <p class="panel-note">{say(HINTS[kindOf(timerOf(element))])}</p>;

const calendarOf = timer => timer.get('timeDuration')?.get('anju:calendar') || timer.get('anju:calendar');

function writeCalendar(writer, element, value) {
  const timer = timerOf(element), inner = timer.get('timeDuration');
  if (inner?.get('anju:calendar')) writer.set(element, { 'anju:calendar': value }, inner);
  else writer.set(element, { 'anju:calendar': value }, timer);
}

export function timerGroup(element, { office, writer }) {
  const timer = timerOf(element);
  if (!timer) return null;
  const kind = kindOf(timer);
  return {
    id: 'office-timer', label: 'When', shouldOpen: true,
    entries: [
      entry({ id: 'timer-kind', kind: 'select', label: 'Fires', get: each => kindOf(timerOf(each)),
        set: (each, chosen) => write(writer, each, chosen, textOf(timerOf(each))),
        options: () => KINDS.map(value => ({ value, label: say(LABELS[value]) })) }),
      entry({ id: 'timer-text', kind: 'text', label: LABELS[kind], isCode: true, get: each => textOf(timerOf(each)),
        set: (each, text) => write(writer, each, kindOf(timerOf(each)), text) }),
      custom('timer-hint', Hint),
      kind === 'timeDuration' && entry({ id: 'timer-calendar', kind: 'select', label: 'Counted by',
        get: each => calendarOf(timerOf(each)), set: (each, value) => writeCalendar(writer, each, value),
        options: each => optionsOf(office.calendars, calendarOf(timerOf(each)), 'Exact time') }),
    ].filter(Boolean),
  };
}
