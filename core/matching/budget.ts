/** A budget of questions to the model: when it is spent, planning is deterministic, and says so. */
import type { Model } from './model.ts';

/** It is spent; nothing was asked. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** The same model, of which each question takes from the budget. One that cannot be looked up is spent: nobody else bounds the cost. */
export function budgeted(model: Model, take: () => Promise<boolean>): Model {
  return {
    name: model.name,
    async ask(question) {
      if (!(await take().catch(() => false))) throw new BudgetSpent('the hour has had its questions to the model');
      return model.ask(question);
    },
  };
}
