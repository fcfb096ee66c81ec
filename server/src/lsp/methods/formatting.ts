/** textDocument/formatting, rangeFormatting and rangesFormatting. */
import type {
  DocumentFormattingParams,
  DocumentRangeFormattingParams,
  DocumentRangesFormattingParams,
} from 'vscode-languageserver';
import { format } from '../../language/format/format.ts';
import { method } from '../feature.ts';

export const formatting = method<DocumentFormattingParams>({
  method: 'textDocument/formatting',
  capabilities: () => ({ documentFormattingProvider: true }),
  empty: [],
  answer: ({ context, params }) => format(context.parsed, undefined, params.options.tabSize),
});

export const rangeFormatting = method<DocumentRangeFormattingParams>({
  method: 'textDocument/rangeFormatting',
  capabilities: () => ({ documentRangeFormattingProvider: { rangesSupport: true } }),
  empty: [],
  answer: ({ context, params }) => format(context.parsed, [params.range], params.options.tabSize),
});

export const rangesFormatting = method<DocumentRangesFormattingParams>({
  method: 'textDocument/rangesFormatting',
  capabilities: () => ({}),
  empty: [],
  answer: ({ context, params }) => format(context.parsed, params.ranges, params.options.tabSize),
});
