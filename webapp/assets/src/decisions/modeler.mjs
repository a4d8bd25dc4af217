// The library's modeler with the views that the office's engine and this page speak of.
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import DrdModeler from 'dmn-js-drd/lib/Modeler';
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import LiteralExpressionEditor from 'dmn-js-literal-expression/lib/Editor';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';

const VIEWS = [
  { id: 'drd', constructor: DrdModeler, opens: 'dmn:Definitions' },
  { id: 'decisionTable', constructor: DecisionTableEditor, opens: element => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable') },
  { id: 'literalExpression', constructor: LiteralExpressionEditor, opens: element => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:LiteralExpression') },
];

export class Modeler extends EditingManager {
  _getViewProviders() { return VIEWS; }

  /** Open the first decision; the graph of a single table says nothing. */
  _getInitialView(views) { return views.find(view => view.type !== 'drd') ?? views[0]; }
}
