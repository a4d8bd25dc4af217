// The form of a report on a phone without network: what is typed and photographed is kept here and sent later.
import { draft as stored, draftsOf, keep, whose } from './store.mjs';
import { ask } from './sending.mjs';
import { MOST_BYTES, nameOf, smaller } from './photos.mjs';

const MOST_DRAFTS = 5;
const OURS = new Set(['csrf_token', '_token', '_draft', '_upload', '_account']);

export class OfflineForm {
  /** @param {HTMLFormElement} form data-offline is "always", or "fallback" for a page that is sent to the server when there is network */
  constructor(form) {
    this.form = form;
    this.input = form.querySelector('input[type=file]');
    this.words = JSON.parse(document.querySelector('[data-offline-words]').textContent);
    this.place = form.querySelector('[data-kept-photos]');
    this.photos = [];
    this.input.closest('fieldset').append(this.place);
    document.addEventListener('change', event => this._chosen(event), true);
    document.addEventListener('submit', event => this._submitted(event), true);
  }

  get isLocal() { return this.form.dataset.offline === 'always' || !navigator.onLine; }

  /** Open the draft that the address names. */
  async open() {
    const token = new URLSearchParams(location.search).get('draft');
    const mine = await whose();
    if (this.form.dataset.offline !== 'always') return;
    this.form.querySelector('[data-nobody]').hidden = Boolean(mine);
    this.form.querySelector('[data-form-parts]').hidden = !mine;
    const found = token && mine && await stored(token, mine.account);
    if (!found) return;
    this.draft = found;
    this.photos = found.photos;
    this._offerPlaces(found.problem?.places ?? []);
    found.fields.forEach(([name, value]) => this._fill(name, value));
    this._showPhotos();
    this._tell((found.problem?.errors ?? []).map(each => `${each.label} ${each.words}`));
  }

  _offerPlaces(places) {
    const choice = this.form.querySelector('[data-places]');
    if (!choice || !places.length) return;
    choice.hidden = false;
    choice.querySelector('select').append(...places.map(each => new Option(each.label, each.value)));
  }

  _fill(name, value) {
    for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`))
      if (['radio', 'checkbox'].includes(field.type)) field.checked ||= field.value === value;
      else if (field.type !== 'file') field.value = value;
  }

  async _chosen(event) {
    if (event.target !== this.input || !this.isLocal) return;
    event.stopImmediatePropagation();  // nothing is uploaded now
    const files = [...this.input.files];
    this.input.value = '';
    for (const file of files) await this._take(file);
    this._showPhotos();
  }

  async _take(file) {
    const most = Number(this.form.dataset.mostPhotos);
    if (this.photos.length >= most) { this._tell([this.words.tooMany.replace('#', most)]); return; }
    const blob = await smaller(file);
    const sum = this.photos.reduce((all, each) => all + each.blob.size, blob.size);
    if (sum > MOST_BYTES) { this._tell([this.words.tooLarge]); return; }
    this.photos = [...this.photos, { field: this.input.name, name: nameOf(file, blob), blob }];
  }

  _showPhotos() {
    this.place.replaceChildren(...this.photos.map((photo, index) => {
      const row = document.createElement('li');
      const picture = Object.assign(new Image(120, 120), { src: URL.createObjectURL(photo.blob), alt: `${this.words.photo} ${index + 1}` });
      picture.onload = () => URL.revokeObjectURL(picture.src);
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-quiet', textContent: this.words.remove });
      button.setAttribute('aria-label', `${this.words.remove} ${picture.alt}`);
      button.addEventListener('click', () => { this.photos = this.photos.filter(each => each !== photo); this._showPhotos(); });
      row.append(picture, button);
      return row;
    }));
  }

  _fields() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === 'string' && value !== '' && !OURS.has(name));
  }

  _missing(fields) {
    const given = new Set(fields.map(([name]) => name));
    if (this.photos.length) given.add(this.input.name);
    return JSON.parse(this.form.dataset.required).filter(([name]) => !given.has(name)).map(([, label]) => this.words.missing.replace('#', label));
  }

  _tell(problems) {
    const summary = this.form.querySelector('[data-problems]');
    summary.hidden = !problems.length;
    summary.querySelector('ul').replaceChildren(...problems.map(each => Object.assign(document.createElement('li'), { textContent: each })));
    if (problems.length) summary.focus();
  }

  async _submitted(event) {
    if (event.target !== this.form || !this.isLocal) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      await this._keep(event.submitter?.name === '_draft' ? 'draft' : 'waiting');
    } catch {
      this._tell([this.words.noRoom]);
    }
  }

  async _keep(state) {
    const mine = await whose(), fields = this._fields();
    const problems = state === 'waiting' ? this._missing(fields) : [];
    const others = (await draftsOf(mine?.account)).filter(each => each.state !== 'sent' && each.token !== this.draft?.token);
    if (others.length >= MOST_DRAFTS) problems.push(this.words.tooManyDrafts.replace('#', MOST_DRAFTS));
    if (!mine) problems.push(this.words.nobody);
    if (problems.length) { this._tell(problems); return; }
    await keep({ token: this._token(), account: mine.account, state, fields, photos: this.photos, problem: null,
      title: Object.fromEntries(fields).text?.slice(0, 60) || this.words.untitled, savedAt: Date.now() });
    if (state === 'waiting') await ask();
    location.assign('/offline');
  }

  /** A page of the server brings its token: if it did arrive before, it makes no second case. */
  _token() {
    return this.draft?.token ?? this.form.elements._token?.value ?? crypto.randomUUID().replaceAll('-', '');
  }
}
