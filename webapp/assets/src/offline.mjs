// Pages that work without network: the list of what this phone has not sent, and the form of a report.
import { begin } from './offline/list.mjs';
import { OfflineForm } from './offline/form.mjs';

const place = document.querySelector('[data-drafts]');
if (place) begin(place);

const form = document.querySelector('form[data-offline]');
if (form) new OfflineForm(form).open();

const note = () => document.querySelectorAll('[data-when]').forEach(each => { each.hidden = each.dataset.when !== (navigator.onLine ? 'online' : 'offline'); });
addEventListener('online', note);
addEventListener('offline', note);
note();
