/** Types of documents.mjs, for the test that holds the pages to it. */
export declare function documentPages(schemas: ReadonlyMap<string, unknown>): Map<string, string>;
export declare function writeDocuments(root: string, schemas: ReadonlyMap<string, unknown>): Promise<void>;
