// The frame that shows the form as people will see it: its language, its width, a fresh look after each saving.
export class Preview {
  constructor(section) {
    this._frame = section.querySelector('iframe');
    this._links = [...section.querySelectorAll('[data-preview-language]')];
    this._links.forEach(link => link.addEventListener('click', event => { event.preventDefault(); this._choose(link); }));
    this._mark(this._links[0]);
    section.querySelector('[data-preview-wide]').addEventListener('change', event => section.classList.toggle('is-wide', event.target.checked));
  }

  _choose(link) {
    this._mark(link);
    this._frame.src = link.href;
  }

  _mark(chosen) {
    this._links.forEach(link => link === chosen ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));
  }

  /** Show the form again; the place in it stays. */
  refresh() {
    const page = this._frame.contentWindow, top = page.scrollY;
    this._frame.addEventListener('load', () => this._frame.contentWindow.scrollTo(0, top), { once: true });
    page.location.replace(this._links.find(link => link.hasAttribute('aria-current')).href);
  }
}
