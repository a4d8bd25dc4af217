// Offers to put Anju on the home screen. It can be sent away for good; nothing is asked before a press.
import { canPush, register } from './push.mjs';

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

// Beside running cases: shall this phone tell of them? Asked once, while the browser has no answer yet.
const UNWANTED = 'anju.push';
const offer = document.querySelector('[data-push-offer]');

if (offer && canPush && Notification.permission === 'default' && localStorage.getItem(UNWANTED) !== 'no') {
  const end = () => {
    localStorage.setItem(UNWANTED, 'no');
    offer.hidden = true;
  };
  offer.hidden = false;
  offer.querySelector('[data-act="refuse"]').addEventListener('click', end);
  offer.querySelector('[data-act="accept"]').addEventListener('click', () => register(offer.dataset).then(() => {
    offer.querySelector('[data-ask]').hidden = true;
    offer.querySelector('[data-done]').hidden = false;
  }, end));
}
