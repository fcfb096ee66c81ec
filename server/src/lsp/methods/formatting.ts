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
  answer: ({ context }) => format(context.parsed),
});

export const rangeFormatting = method<DocumentRangeFormattingParams>({
  method: 'textDocument/rangeFormatting',
  capabilities: () => ({ documentRangeFormattingProvider: { rangesSupport: true } }),
  empty: [],
  answer: ({ context, params }) => format(context.parsed, [params.range]),
});

export const rangesFormatting = method<DocumentRangesFormattingParams>({
  method: 'textDocument/rangesFormatting',
  capabilities: () => ({}),
  empty: [],
  answer: ({ context, params }) => format(context.parsed, params.ranges),
});
