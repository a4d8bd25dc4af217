// Entries of the properties panel, made of small specifications: what to read, what to write.
import { CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited,
  isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useState, useEffect, useRef } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';
import { say } from './words.mjs';

const KINDS = {
  text: [TextFieldEntry, isTextFieldEntryEdited],
  area: [TextAreaEntry, isTextAreaEntryEdited],
  select: [SelectEntry, isSelectEntryEdited],
  check: [CheckboxEntry, isCheckboxEntryEdited],
};

function Entry({ element, id, spec }) {
  const debounce = useService('debounceInput');
  const [Component] = KINDS[spec.kind];
  return (
    <Component
      element={element} id={id} debounce={debounce} translate={say} label={say(spec.label)}
      description={spec.hint ? say(spec.hint) : undefined}
      getValue={() => spec.get(element) ?? (spec.kind === 'check' ? false : '')}
      setValue={value => spec.set(element, value)}
      getOptions={spec.options ? () => spec.options(element) : undefined}
      validate={spec.validate} disabled={spec.isFixed} monospace={spec.isCode} autoResize={spec.kind === 'area'}
    />
  );
}

/**
 * Make an entry of a group.
 * @param {{ id: string, kind: 'text'|'area'|'select'|'check', label: string, hint?: string,
 *   get: (element) => unknown, set: (element, value) => void, options?: (element) => {value, label}[],
 *   validate?: (value) => string|undefined, isFixed?: boolean, isCode?: boolean }} spec
 */
export const entry = spec => ({ id: spec.id, component: Entry, isEdited: KINDS[spec.kind][1], spec });

/** A component of our own as an entry. */
export const custom = (id, component, props = {}) => ({ id, component, ...props });

/** Options with a first one that says "nothing chosen"; an unknown present value stays choosable. */
export function optionsOf(list, present, none = 'Not chosen') {
  const known = !present || list.some(each => each.value === present);
  return [
    { value: '', label: say(none) },
    ...list.map(({ value, label }) => ({ value, label })),
    ...(known ? [] : [{ value: present, label: present.startsWith('=') ? say('By rule: {text}', { text: present }) : present }]),
  ];
}

/** What is typed is written after a pause and when the field is left; it is never lost between. */
export function useTyping(value, onWrite) {
  const [text, setText] = useState(value);
  const timer = useRef(0), pending = useRef(null), write = useRef(onWrite);
  write.current = onWrite;
  useEffect(() => { if (pending.current === null) setText(value); }, [value]);
  const flush = () => {
    clearTimeout(timer.current);
    const next = pending.current;
    pending.current = null;
    if (next !== null && next !== value) write.current(next);
  };
  const onInput = event => {
    pending.current = event.target.value;
    setText(event.target.value);
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, 500);
  };
  return { value: text, onInput, onBlur: flush, spellcheck: false, autocomplete: 'off' };
}

/** A small text field of a table. */
export function Cell({ label, value, onWrite, list, placeholder }) {
  const typing = useTyping(value, onWrite);
  return <input class="bio-properties-panel-input" type="text" aria-label={label} list={list} placeholder={placeholder} {...typing} />;
}

/** Several lines of code. */
export function CodeArea({ label, value, onWrite }) {
  const typing = useTyping(value, onWrite);
  return <textarea class="bio-properties-panel-input bio-properties-panel-input-monospace" rows={4} aria-label={label} {...typing} />;
}

/** A small choice of a table. */
export const Choice = ({ label, value, options, onWrite }) => (
  <select class="bio-properties-panel-input" aria-label={label} onChange={event => onWrite(event.target.value)}>
    {options.map(each => <option key={each.value} value={each.value} selected={each.value === value}>{each.label}</option>)}
  </select>
);

/** A row of a field with its name above, for components of our own. */
export const Labelled = ({ label, children, hint }) => (
  <div class="bio-properties-panel-entry">
    <div class="bio-properties-panel-label" aria-hidden="true">{label}</div>
    {children}
    {hint && <div class="bio-properties-panel-description">{hint}</div>}
  </div>
);

/** A button inside the panel. */
export const PanelButton = ({ onClick, children, kind = 'add' }) => (
  <button type="button" class={`panel-button panel-button-${kind}`} onClick={onClick}>{children}</button>
);
