-- Where an order goes, sealed like the customer, and how it was paid, as far as the provider told.
alter table payments
  add column shipping_address_sealed bytea,
  add constraint payments_shipping_check check (shipping_address_sealed is null or request_shipping);
alter table attempts
  -- Masked: of a card number the first six and the last four digits at most.
  add column instrument jsonb,
  add column auth_code text;
