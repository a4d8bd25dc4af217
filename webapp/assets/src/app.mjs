// What refines the pages. Every page works without it.
import './phone.mjs';

// A form is sent once: a second press of the button does nothing while the first is on its way.
document.addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = 'true';
  form.querySelectorAll('button').forEach(button => button.setAttribute('aria-disabled', 'true'));
});
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sending]').forEach(form => {
  delete form.dataset.sending;
  form.querySelectorAll('button').forEach(button => button.removeAttribute('aria-disabled'));
}));

// Menus close with Escape and by a press elsewhere.
const openMenus = () => document.querySelectorAll('details.menu[open]');
document.addEventListener('click', event => openMenus().forEach(menu => {
  if (!menu.contains(event.target)) menu.open = false;
}));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.isComposing) return;
  openMenus().forEach(menu => { menu.open = false; menu.querySelector('summary').focus(); });
});

// Filters apply at once where there is no need for a button.
document.querySelectorAll('select[data-apply]').forEach(select =>
  select.addEventListener('change', () => select.form.requestSubmit()));
