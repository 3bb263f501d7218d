import type { Rule } from 'eslint';

const directive = /^\s*eslint-disable/;
const reason = /\s--\s+\S+/;

// An exception without its reason cannot be reviewed, nor removed when the reason is gone.
export const reasonedDisable: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { noReason: 'Say why: `eslint-disable-... rule -- reason`.' },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!directive.test(comment.value) || reason.test(comment.value)) continue;
          if (comment.loc) context.report({ loc: comment.loc, messageId: 'noReason' });
        }
      },
    };
  },
};
