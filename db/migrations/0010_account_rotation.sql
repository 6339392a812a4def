-- An account's credentials before their last rotation, and until when notifications that are signed with them are taken.
alter table provider_accounts
  add column previous_credentials_sealed bytea,
  add column previous_credentials_until timestamptz,
  add constraint provider_accounts_previous_credentials_check
    check ((previous_credentials_sealed is null) = (previous_credentials_until is null));
