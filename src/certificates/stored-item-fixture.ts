/** Self-signed for pay.shop.example, of two days and of one that is over; openssl made them, and they secure nothing. */
const FIRST_CRT = `-----BEGIN CERTIFICATE-----
MIIBMjCB2QIUfmrVzhaA7IjQtxVyJGcykhE+bdswCgYIKoZIzj0EAwIwGzEZMBcG
A1UEAwwQcGF5LnNob3AuZXhhbXBsZTAgFw0yNjAxMDEwMDAwMDBaGA8yMTI2MDEw
MTAwMDAwMFowGzEZMBcGA1UEAwwQcGF5LnNob3AuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABJJ0ZQefVNHW/0aezrtvxQaAI7vvTOadHNvWiRV3Z1pw
rVyodd4jWbzEVhMhxizF82jp7MhPGf07GDTtHhC4YGowCgYIKoZIzj0EAwIDSAAw
RQIgGDzFO3RiSQOTj1m9a9ggZkHqFwXutKkezD134og2O+cCIQDq+IpVMnfC8h5j
lZKTpEGJHpu5VG8uY9tDvVDIarcfww==
-----END CERTIFICATE-----
`;
const FIRST_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIPHgsRdd3pEXHnMnMfVkVaNV0VExTbVg1xqOBMjM6WqGoAoGCCqGSM49
AwEHoUQDQgAEknRlB59U0db/Rp7Ou2/FBoAju+9M5p0c29aJFXdnWnCtXKh13iNZ
vMRWEyHGLMXzaOnsyE8Z/TsYNO0eELhgag==
-----END EC PRIVATE KEY-----
`;
const RENEWED_CRT = `-----BEGIN CERTIFICATE-----
MIIBMzCB2QIUak8RvVneet+plWMED7lYEFCt1z0wCgYIKoZIzj0EAwIwGzEZMBcG
A1UEAwwQcGF5LnNob3AuZXhhbXBsZTAgFw0yNjAzMDEwMDAwMDBaGA8yMTI2MDEw
MTAwMDAwMFowGzEZMBcGA1UEAwwQcGF5LnNob3AuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKWGIcKbMOZ3rgS3z6ZktrHffr5nT+qz+dxzRehwjgF2
cO0bBZGZUoDuTaxbjtl3z5y8bfiAhINLoc1n5lHNQWAwCgYIKoZIzj0EAwIDSQAw
RgIhAK/788n0FLmaiheS5gOJbdrwLwst5iqSjVCttXNgg5CJAiEA+JMy7r+5MxLu
DCoPNTn1izAKGgxZsc/S5U/HDW+rzIk=
-----END CERTIFICATE-----
`;
const RENEWED_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIOJ55L76iz5ufHNvgzdC0/iAvs40tQjItltcoWBbmHhQoAoGCCqGSM49
AwEHoUQDQgAEpYYhwpsw5neuBLfPpmS2sd9+vmdP6rP53HNF6HCOAXZw7RsFkZlS
gO5NrFuO2XfPnLxt+ICEg0uhzWfmUc1BYA==
-----END EC PRIVATE KEY-----
`;
const ENDED_CRT = `-----BEGIN CERTIFICATE-----
MIIBLzCB1wIUU9h0n6CNMTYmZ4SrQngByi0MoXEwCgYIKoZIzj0EAwIwGzEZMBcG
A1UEAwwQcGF5LnNob3AuZXhhbXBsZTAeFw0yNTAxMDEwMDAwMDBaFw0yNTA0MDEw
MDAwMDBaMBsxGTAXBgNVBAMMEHBheS5zaG9wLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASNBZ8NPNEJowpPCsbsrQaAv9UQHLug+TELXpOzNn+yZLyk
DWnOe/g+NBrfjfSli+oCgWrEBF/13AY4hpoYMtuaMAoGCCqGSM49BAMCA0cAMEQC
IHNnMmSIUb84mWCuBVfETNr4qiPhE6U9w2SJDUB0qJUdAiBAdQDxtWICoPf1LWYo
jJz1y5G+9N1GrbGTT0NvmBcqvg==
-----END CERTIFICATE-----
`;
const ENDED_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIF257Q5SRP4sH0kQD6DtW2jLX4LAfGdyfiah0+NcYGrKoAoGCCqGSM49
AwEHoUQDQgAEjQWfDTzRCaMKTwrG7K0GgL/VEBy7oPkxC16TszZ/smS8pA1pznv4
PjQa3430pYvqAoFqxARf9dwGOIaaGDLbmg==
-----END EC PRIVATE KEY-----
`;
const ONE_ACCOUNT_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDKGM0rOlfjlYnRJrmtQxVqsPeNI6sA6ZMs/fghcXt6uoAoGCCqGSM49
AwEHoUQDQgAEnq2Gmr7s/k3TIeISRpgPthgKrdpFJ3wIuu1jluPRQQKqyV+Lyw9c
CyIA+/2jOObncn8QoQ5nQbE2/Ff8vTe3+A==
-----END EC PRIVATE KEY-----
`;
const OTHER_ACCOUNT_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHk54QKDbpJrqLD8KwP3Z4nvkH0gXMyDaYMjTHmUUcHPoAoGCCqGSM49
AwEHoUQDQgAEynTYJe2FLJtwzPRmAqSxQYFywhBuNTfFZpzqo5/RMKHcpgeRgs6E
WLy2MHZVmTty6EKRjbtmPeJ5YVkWy9XrKQ==
-----END EC PRIVATE KEY-----
`;

const NAME = 'pay.shop.example';
export const CERTIFICATE_PLACE = `certificates/acme-v02.api.letsencrypt.org-directory/${NAME}`;
export const ACCOUNT_PLACE = 'acme/acme-v02.api.letsencrypt.org-directory/users/ops@shop.example';

const files = (crt: string, key: string) => ({
  [`${NAME}.crt`]: crt,
  [`${NAME}.key`]: key,
  [`${NAME}.json`]: JSON.stringify({ sans: [NAME] }),
});

/** Valid from January 2026. */
export const FIRST = files(FIRST_CRT, FIRST_KEY);
/** From March 2026. */
export const RENEWED = files(RENEWED_CRT, RENEWED_KEY);
/** Until April 2025. */
export const ENDED = files(ENDED_CRT, ENDED_KEY);
/** As a proxy leaves it between two of its writes. */
export const TORN = files(FIRST_CRT, RENEWED_KEY);

const account = (key: string) => ({ 'ops.json': JSON.stringify({ status: 'valid' }), 'ops.key': key });
export const ONE_ACCOUNT = account(ONE_ACCOUNT_KEY);
export const OTHER_ACCOUNT = account(OTHER_ACCOUNT_KEY);
