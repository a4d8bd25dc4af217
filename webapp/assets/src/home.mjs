// Offers to put Anju on the home screen. It can be sent away for good; nothing is asked before a press.
const REFUSED = 'anju.install';
const hint = document.querySelector('[data-install]');
const isApp = matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
const isApple = /iPhone|iPad/.test(navigator.userAgent);

if (hint && !isApp && localStorage.getItem(REFUSED) !== 'no') {
  const by = name => hint.querySelector(`[data-act="${name}"]`);
  by('dismiss').addEventListener('click', () => {
    localStorage.setItem(REFUSED, 'no');
    hint.hidden = true;
  });
  addEventListener('beforeinstallprompt', event => {
    event.preventDefault();
    hint.hidden = by('install').hidden = false;
    by('install').onclick = async () => {
      await event.prompt();
      hint.hidden = true;
    };
  });
  if (isApple) hint.hidden = hint.querySelector('[data-apple]').hidden = false;
}
