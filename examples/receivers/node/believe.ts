import { createHash } from 'node:crypto';
import {
  NEOPAY,
  type ReceivedWebhook,
  verifyBluesnapWebhook,
  verifyEncryptedWebhook,
  verifyLegacyWebhook,
  verifyPartnerWebhook,
  verifySignedMembers,
  verifyWebhook,
} from '../../../sdk/src/tollgate.ts';

/** Keys of one endpoint: the old and the new one while one is being rotated. */
export interface ReceiverKeys {
  readonly dialect: string;
  /** Of the dialect `partner`; `bluecom` unless given. */
  readonly profile?: string | undefined;
  readonly secrets: readonly string[];
  readonly publicKeys?: readonly string[];
  readonly dataProtectionKeys?: readonly string[];
  readonly notificationKeys?: readonly string[];
}

export interface Believed {
  readonly said: unknown;
  /** The same for every copy of the notification: act on each once. */
  readonly fact: string;
  /** The body to answer 200 with. */
  readonly answer: string;
}

/** @throws WebhookVerificationError for what is not to be acted upon */
export async function believe(keys: ReceiverKeys, received: ReceivedWebhook): Promise<Believed> {
  const { secrets, publicKeys = [], dataProtectionKeys = [], notificationKeys = [] } = keys;
  switch (keys.dialect) {
    case 'standard': {
      const event = await verifyWebhook({ ...received, secrets, publicKeys });
      return { said: event, fact: event.id, answer: '' };
    }
    case 'bluesnap':
    case 'bluesnap-receipt': {
      const { answer, webhookId, ...said } = await verifyBluesnapWebhook({ ...received, secrets, dataProtectionKeys });
      const { authKey: _, ...parameters } = said.parameters;
      return { said, fact: webhookId ?? digestOf(parameters), answer };
    }
    case 'encrypted': {
      const said = await verifyEncryptedWebhook({ ...received, notificationKeys });
      return { said, fact: said.webhookId, answer: '' };
    }
    case 'encrypted-legacy': {
      const said = await verifyLegacyWebhook({ ...received, notificationKeys });
      return { said, fact: said.webhookId, answer: '' };
    }
    case 'partner': {
      if (keys.profile === 'neopay') {
        const said = await verifySignedMembers({ ...received, secrets, profile: NEOPAY });
        return { said, fact: digestOf(said), answer: '' };
      }
      const said = await verifyPartnerWebhook({ ...received, secrets });
      // A fact may turn out otherwise later, and is then told again with another status.
      return { said, fact: `${said.factKey}|${said.status}`, answer: '' };
    }
    default:
      throw new TypeError(`There is no dialect ${keys.dialect}`);
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
