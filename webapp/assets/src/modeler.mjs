// The diagram editor of a draft: see src/modeler/ for its parts.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './modeler/modeler.css';
import { start } from './modeler/editor.mjs';

const block = document.querySelector('script[data-editor]');
if (block) start(document.querySelector(block.dataset.editor), JSON.parse(block.textContent));
