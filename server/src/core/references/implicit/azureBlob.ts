/** Containers of Azure Blob Storage by their web address. */
import { nameEndsAt, nameStartsAt, wordEnd, type Recogniser } from './recogniser.ts';

const ADDRESS =
  /(?:https|wasbs|abfss):\/\/([a-z0-9]{3,24})\.(?:blob|dfs)\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)\/(\$root|\$web|[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){1,61}[a-z0-9])/g;

export const azureBlob: Recogniser = {
  name: 'azure-blob',
  mayMatch: (text) => text.includes('.core.'),
  recognise(text) {
    return [...text.matchAll(ADDRESS)].flatMap((at) => {
      const [whole, account = '', container = ''] = at;
      const idEnd = at.index + whole.length;
      if (!nameStartsAt(text, at.index) || !nameEndsAt(text, idEnd)) return [];
      // What follows a `?` is a shared access signature: a secret that belongs in no message.
      const end = wordEnd(text, idEnd);
      const id = `${account}/${container}`;
      return [
        {
          start: at.index,
          end,
          idStart: idEnd - container.length,
          idEnd,
          kind: 'azure/blob-container',
          id,
          text: whole,
        },
      ];
    });
  },
};
