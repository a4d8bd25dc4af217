// Which groups of fields an element has in the panel, in the plain and in the expert mode.
import { deadlineGroup } from './deadline.jsx';
import { decisionGroup, letterGroup, partnerGroup, scriptGroup, serviceGroup } from './automatic.jsx';
import { conditionGroup } from './condition.jsx';
import { englishGroup, nameGroup } from './naming.jsx';
import { timerGroup } from './timer.jsx';
import { say } from './words.mjs';
import { formGroup, loopGroup, whoGroup } from './work.jsx';

const PLAIN = [nameGroup, whoGroup, formGroup, deadlineGroup, timerGroup, conditionGroup, decisionGroup, letterGroup, englishGroup];
const EXPERT = [nameGroup, whoGroup, formGroup, deadlineGroup, timerGroup, conditionGroup, decisionGroup, letterGroup,
  serviceGroup, scriptGroup, partnerGroup, loopGroup, englishGroup];
const LIBRARY = new Set(['error', 'message', 'signal', 'escalation', 'link', 'compensation', 'multiInstance', 'adHocCompletion']);

/** Runs last: takes the library's groups away and puts ours in their place. */
export class OfficeProvider {
  static $inject = ['propertiesPanel', 'injector', 'config.office'];

  constructor(panel, injector, office) {
    this._injector = injector;
    this._office = office;
    panel.registerProvider(100, this);
  }

  getGroups(element) {
    const mode = this._injector.get('editorMode');
    const desk = { office: this._office, writer: this._injector.get('writer'), isPlain: mode.isPlain,
      english: this._injector.get('englishTexts'), registry: this._injector.get('elementRegistry'),
      modeling: this._injector.get('modeling') };
    return groups => {
      const ours = (mode.isPlain ? PLAIN : EXPERT).map(make => make(element, desk)).filter(Boolean)
        .map(group => ({ ...group, label: say(group.label) }));
      const theirs = mode.isPlain ? [] : groups.filter(group => LIBRARY.has(group.id.replace(/^CamundaPlatform__/, '')));
      return [...ours, ...theirs].map(group => ({ ...group, translate: say }));
    };
  }
}
