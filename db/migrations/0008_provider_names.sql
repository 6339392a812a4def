-- Notifications may name a charge by the provider's name alone.
create index attempts_provider_ref_idx on attempts (tenant_id, provider_account_id, provider_ref)
  where provider_ref is not null;
