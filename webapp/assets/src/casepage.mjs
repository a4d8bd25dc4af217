// The page of a case: names offered after an @ in a note, and how far an upload is.

/** Where the mention begins that is being typed, or -1. */
const mentionStart = (text, caret) => {
  const at = Math.max(text.lastIndexOf('@', caret - 1), text.lastIndexOf('＠', caret - 1));
  if (at < 0 || /[A-Za-z0-9._%+-]/.test(text[at - 1] ?? '')) return -1;
  return /\s/.test(text.slice(at, caret)) ? -1 : at;
};

function offerNames(field) {
  const options = [...document.getElementById(field.dataset.mentions).options];
  const list = document.createElement('ul');
  list.className = 'mention-list';
  list.id = `${field.id}-names`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', field.labels[0].textContent);
  list.hidden = true;
  field.after(list);
  field.setAttribute('aria-controls', list.id);
  field.setAttribute('aria-autocomplete', 'list');
  let chosen = 0, start = -1;

  const close = () => {
    list.hidden = true;
    field.removeAttribute('aria-activedescendant');
  };
  const mark = () => [...list.children].forEach((row, index) => {
    row.setAttribute('aria-selected', String(index === chosen));
    if (index === chosen) field.setAttribute('aria-activedescendant', row.id);
  });
  const take = handle => {
    field.setRangeText(`@${handle} `, start, field.selectionStart, 'end');
    close();
    field.focus();
  };
  const look = () => {
    start = mentionStart(field.value, field.selectionStart);
    if (start < 0) return close();
    const typed = field.value.slice(start + 1, field.selectionStart).toLowerCase();
    const fitting = options.filter(each => `${each.value} ${each.textContent}`.toLowerCase().includes(typed)).slice(0, 8);
    list.replaceChildren(...fitting.map((each, index) => {
      const row = document.createElement('li');
      row.id = `${list.id}-${index}`;
      row.setAttribute('role', 'option');
      row.textContent = each.textContent;
      row.dataset.handle = each.value;
      row.addEventListener('mousedown', event => { event.preventDefault(); take(each.value); });
      return row;
    }));
    chosen = 0;
    list.hidden = !fitting.length;
    if (fitting.length) mark(); else close();
  };
  field.addEventListener('input', event => { if (!event.isComposing) look(); });
  field.addEventListener('compositionend', look);
  field.addEventListener('blur', close);
  field.addEventListener('keydown', event => {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + list.children.length) % list.children.length;
    else if (event.key === 'Enter' || event.key === 'Tab') take(list.children[chosen].dataset.handle);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) mark();
  });
}

/** Go to a page, also when it is this one with another mark. */
function go(address) {
  const before = location.pathname;
  location.assign(address);
  if (location.pathname === before) location.reload();
}

/** Send files with a bar; the answer is the page that the form would have led to. */
function showProgress(form) {
  const bar = form.querySelector('progress'), state = form.querySelector('[data-upload-state]');
  form.addEventListener('submit', event => {
    if (![...form.querySelectorAll('input[type=file]')].some(each => each.files.length)) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = 'true';
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
      if (!lengthComputable) return;
      bar.hidden = false;
      bar.value = Math.round(100 * loaded / total);
      state.textContent = form.dataset.uploadWords.replace('{percent}', `${bar.value}%`);
    });
    request.addEventListener('load', () => {
      const next = request.getResponseHeader('X-Next');
      if (request.status < 400 && next) return go(next);
      form.submit();  // let the browser show the refusal or the sign-in, with what was typed
    });
    request.addEventListener('error', () => {  // no network: the page stays, with the chosen files
      delete form.dataset.sending;
      bar.hidden = true;
      state.textContent = form.dataset.uploadFailed;
    });
    request.open('POST', form.action);
    request.setRequestHeader('X-Upload', 'progress');
    request.send(new FormData(form));
  });
}

document.querySelectorAll('textarea[data-mentions]').forEach(offerNames);
document.querySelectorAll('form[data-upload]').forEach(showProgress);
