// Refines forms drawn from their definition: conditional fields, saving drafts, focus on what is wrong.

document.documentElement.classList.add('has-script');

const token = form => form.querySelector('input[name=csrf_token]')?.value ?? '';

/** What was typed, without the photos: they are stored by their own requests. */
function typed(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  form.querySelectorAll('input[type=hidden]').forEach(input => {
    if (input.name && !data.getAll(input.name).includes(input.value)) data.append(input.name, input.value);
  });
  return data;
}

const post = (form, address, data) => fetch(address, {
  method: 'POST', body: data, headers: { 'X-CSRFToken': token(form) }, credentials: 'same-origin',
});

function keepConditions(form) {
  const address = new URL(form.action);
  address.searchParams.set('visible', '1');
  let newest = 0;
  form.addEventListener('change', async event => {
    if (event.target.type === 'file') return;
    const mine = ++newest;
    const response = await post(form, address, typed(form));
    if (!response.ok || mine !== newest) return;
    const { hidden } = await response.json();
    form.querySelectorAll('.field').forEach(field => { field.hidden = hidden.includes(field.id); });
  });
}

function keepDraft(form) {
  const state = form.querySelector('[data-draft-state]');
  const say = words => { if (state) state.textContent = words; };
  let timer, isSent = false;
  const save = async () => {
    const data = typed(form);
    data.set('_draft', 'auto');
    try {
      const response = await post(form, form.dataset.draft || form.action, data);
      if (!isSent) say(response.ok ? form.dataset.savedWords : form.dataset.unsavedWords);
    } catch {
      say(form.dataset.unsavedWords);
    }
  };
  const later = event => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };
  form.addEventListener('input', later);
  form.addEventListener('htmx:afterSettle', later);
  form.addEventListener('submit', () => { isSent = true; clearTimeout(timer); });
}

// A refused or lost upload is told beside the photos; what was chosen before stays.
for (const kind of ['htmx:responseError', 'htmx:sendError'])
  document.addEventListener(kind, event => {
    const note = event.target.closest('.photos')?.querySelector('.photo-failed');
    if (!note) return;
    note.hidden = false;
    event.target.value = '';
  });

document.querySelectorAll('form[data-form]').forEach(form => {
  keepConditions(form);
  if ('draft' in form.dataset) keepDraft(form);
});

const summary = document.querySelector('[data-focus]');
if (summary) {
  summary.focus();
  const heading = summary.querySelector('h2');
  if (heading) document.title = `${heading.textContent.trim()} · ${document.title}`;
}
