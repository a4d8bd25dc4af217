// The list of fields: only its preview needs a script.
import './formeditor/list.css';
import { Preview } from './formeditor/preview.mjs';

const section = document.querySelector('[data-part="preview"]');
if (section) new Preview(section);
