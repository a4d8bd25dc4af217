// What our forms add to the library and what they leave out: only kinds that the office's pages can draw and check,
// the properties that those know, and our own: retention class, use by the diagram, counts, values filled in beforehand.
import { h } from 'preact';

const KINDS = new Set(['textfield', 'textarea', 'number', 'datetime', 'checkbox', 'select', 'radio', 'checklist', 'filepicker', 'text', 'separator', 'group', 'dynamiclist']);
const GROUPS = new Set(['general', 'optionsSource', 'staticOptions', 'dynamicOptions', 'valuesSource', 'staticValues', 'dynamicValues', 'optionsExpression', 'valuesExpression', 'condition', 'validation', 'constraints']);
const ENTRIES_LEFT_OUT = new Set(['disabled', 'searchable', 'alt', 'version-tag', 'versionTag', 'disallowPassedDates', 'use24h', 'timeInterval', 'serialize-to-string', 'allowAddRemove', 'disableCollapse', 'nonCollapsedItems', 'defaultRepetitions', 'isRepeating', 'increment', 'accept']);
const ASKED = new Set(['textfield', 'textarea', 'number', 'datetime', 'checkbox', 'select', 'radio', 'checklist', 'filepicker']);
const COUNTED = new Set(['filepicker', 'checklist', 'dynamiclist']);

const PHOTOS = 'image/jpeg,image/png,image/webp,image/heic,image/heif';

const isEnglish = document.documentElement.lang.startsWith('en');
const WORDS = {
  group: ['Office', '本局設定'],
  retention: ['Personal data: kept how long?', '個人資料：保存多久？'],
  help: ['Help text', '說明文字'],
  accept: ['What may be sent', '可上傳的檔案'],
  photos: ['Photos', '照片'],
  papers: ['Photos and PDF', '照片與 PDF'],
  none: ['not said', '未指定'],
  variable: ['The diagram and decisions may read the answer', '流程圖與決策可以讀取這個答案'],
  min: ['At least how many', '至少幾項'],
  max: ['At most how many', '最多幾項'],
  prefill: ['Filled in beforehand (FEEL)', '預先帶入（FEEL）'],
  earliest: ['Not before (FEEL)', '不早於（FEEL）'],
  latest: ['Not after (FEEL)', '不晚於（FEEL）'],
};
const word = name => WORDS[name][isEnglish ? 0 : 1];

/** Change one custom property; an empty one goes away. */
function put(field, editField, name, value) {
  const properties = { ...field.properties };
  if (value) properties[name] = value;
  else delete properties[name];
  editField(field, ['properties'], Object.keys(properties).length ? properties : undefined);
}

const entry = (id, label, control) => h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
  h('label', { for: `office-${id}`, class: 'bio-properties-panel-label' }, label), control);

function line(name) {
  return ({ field, editField }) => entry(name, word(name), h('input', {
    id: `office-${name}`, class: 'bio-properties-panel-input', type: 'text', value: field.properties?.[name] ?? '', autocomplete: 'off',
    onChange: event => put(field, editField, name, event.target.value.trim()),
  }));
}

function retention(classes) {
  return ({ field, editField }) => entry('retention', word('retention'), h('select', {
    id: 'office-retention', class: 'bio-properties-panel-input', value: field.properties?.retention ?? '',
    onChange: event => put(field, editField, 'retention', event.target.value),
  }, h('option', { value: '' }, word('none')), Object.entries(classes).map(([value, words]) => h('option', { value, key: value }, words))));
}

const help = ({ field, editField }) => entry('help', word('help'), h('textarea', {
  id: 'office-help', class: 'bio-properties-panel-input', rows: 3, value: field.description ?? '',
  onChange: event => editField(field, ['description'], event.target.value.trim() || undefined),
}));

const accept = ({ field, editField }) => entry('accept', word('accept'), h('select', {
  id: 'office-accept', class: 'bio-properties-panel-input', value: field.accept && !field.accept.includes('pdf') ? 'photos' : 'papers',
  onChange: event => editField(field, ['accept'], event.target.value === 'papers' ? `${PHOTOS},application/pdf` : PHOTOS),
}, ['photos', 'papers'].map(name => h('option', { value: name, key: name }, word(name)))));

function variable({ field, editField }) {
  return h('div', { class: 'bio-properties-panel-entry bio-properties-panel-checkbox-entry', 'data-entry-id': 'variable' },
    h('div', { class: 'bio-properties-panel-checkbox' },
      h('input', { id: 'office-variable', class: 'bio-properties-panel-input', type: 'checkbox', checked: field.properties?.variable === 'true',
        onChange: event => put(field, editField, 'variable', event.target.checked ? 'true' : '') }),
      h('label', { for: 'office-variable', class: 'bio-properties-panel-label' }, word('variable'))));
}

class OfficeProvider {
  constructor(propertiesPanel, office) {
    this._office = office;
    propertiesPanel.registerProvider(this, 400);
  }

  getGroups(field, editField) {
    return groups => field ? [...groups.filter(group => GROUPS.has(group.id)).map(known), ...this._own(field, editField)] : groups;
  }

  _own(field, editField) {
    const component = { ...(ASKED.has(field.type) ? { retention: retention(this._office.retention), variable } : {}),
      ...(field.type === 'filepicker' ? { help, accept } : {}),
      ...(COUNTED.has(field.type) ? { min: line('min'), max: line('max') } : {}),
      ...(ASKED.has(field.type) && field.type !== 'filepicker' ? { prefill: line('prefill') } : {}),
      ...(field.type === 'datetime' ? { earliest: line('earliest'), latest: line('latest') } : {}) };
    const entries = Object.entries(component).map(([name, part]) => ({ id: `office-${name}`, component: part, field, editField, isEdited: () => Boolean(field.properties?.[name]) }));
    return entries.length ? [{ id: 'office', label: word('group'), entries }] : [];
  }
}
OfficeProvider.$inject = ['propertiesPanel', 'office'];

/** Leave out entries that our pages do not know. */
const known = group => group.entries ? { ...group, entries: group.entries.filter(each => !ENTRIES_LEFT_OUT.has(each.id)) } : group;

/** Offer only kinds that our pages know; others in an imported form stay visible and become findings. */
class OfferedKinds {
  constructor(formFields) {
    const kinds = formFields._formFields;
    for (const kind of Object.keys(kinds))
      if (!KINDS.has(kind)) Object.defineProperty(kinds, kind, { enumerable: false });
  }
}
OfferedKinds.$inject = ['formFields'];

/** A module for the library's injector. */
export const officeModule = options => ({
  __init__: ['offeredKinds', 'officeProvider'],
  office: ['value', { retention: options.retention }],
  offeredKinds: ['type', OfferedKinds],
  officeProvider: ['type', OfficeProvider],
});
