import { startShop } from './server.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  console.error(`${name} is missing. README.md tells what it is.`);
  process.exit(2);
}

const { SHOP_PUBLIC_URL: publicUrl, SHOP_NOTIFICATION_URL: notificationUrl } = process.env;

const shop = await startShop({
  port: Number(process.env.SHOP_PORT ?? 8081),
  host: process.env.SHOP_HOST ?? '127.0.0.1',
  apiUrl: required('TOLLGATE_API_URL'),
  apiKey: required('TOLLGATE_API_KEY'),
  webhookSecret: required('TOLLGATE_WEBHOOK_SECRET'),
  dataFile: process.env.SHOP_DATA_FILE ?? 'shop.sqlite',
  ...(publicUrl ? { publicUrl } : {}),
  ...(notificationUrl ? { notificationUrl: notificationUrl === 'none' ? null : notificationUrl } : {}),
  log: (line) => console.log(line),
});
console.log(`The shop is open: ${shop.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void shop.close());
