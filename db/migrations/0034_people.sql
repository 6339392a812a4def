-- People who use the panel, how they prove who they are, and where they may act.

-- The key of digests by which people are looked up; sealed, and never rotated, since a digest cannot be made anew.
create table directory_keys (
  purpose text constraint directory_keys_pkey primary key,
  key_sealed bytea not null,
  created_at timestamptz not null
);

create table users (
  user_id text constraint users_pkey primary key,
  email_digest bytea not null constraint users_email_key unique,
  email_sealed bytea not null,
  name_sealed bytea not null,
  status text not null,
  -- argon2id; null: no password.
  password_hash text,
  -- The secret of an authenticator app; null: none.
  totp_sealed bytea,
  -- The last 30 seconds whose code was used: no code counts twice.
  totp_step_used bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint users_status_check check (status in ('active', 'suspended'))
);

create table passkeys (
  passkey_id text constraint passkeys_pkey primary key,
  user_id text not null constraint passkeys_user_fkey references users (user_id),
  credential_id bytea not null constraint passkeys_credential_key unique,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  label text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_user_idx on passkeys (user_id, passkey_id);

create table recovery_codes (
  user_id text not null constraint recovery_codes_user_fkey references users (user_id),
  code_hash bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  constraint recovery_codes_pkey primary key (user_id, code_hash)
);

-- Who signs in elsewhere, by the issuer and what it calls them.
create table oidc_identities (
  issuer text not null,
  subject text not null,
  user_id text not null constraint oidc_identities_user_fkey references users (user_id),
  created_at timestamptz not null,
  constraint oidc_identities_pkey primary key (issuer, subject)
);
create index oidc_identities_user_idx on oidc_identities (user_id);

create table sessions (
  session_id text constraint sessions_pkey primary key,
  user_id text not null constraint sessions_user_fkey references users (user_id),
  -- SHA-256 of what stands in the cookie.
  secret_hash bytea not null constraint sessions_secret_key unique,
  -- What the person may do with it: prove a second factor, enroll one, or everything.
  stage text not null,
  method text not null,
  -- Address and user agent at sign-in.
  client_sealed bytea not null,
  second_factor_at timestamptz,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  constraint sessions_stage_check check (stage in ('second_factor', 'enroll', 'signed_in')),
  constraint sessions_method_check check (method in ('password', 'recovery_code', 'passkey', 'oidc', 'link'))
);
create index sessions_user_idx on sessions (user_id, session_id);

-- Tenant `system` stands for the installation: its roles are the operator's.
create table memberships (
  tenant_id text not null,
  user_id text not null constraint memberships_user_fkey references users (user_id),
  role text not null,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint memberships_pkey primary key (tenant_id, user_id),
  constraint memberships_status_check check (status in ('active', 'suspended'))
);
create index memberships_user_idx on memberships (user_id, tenant_id);

create table invitations (
  tenant_id text not null,
  invitation_id text not null,
  token_hash bytea not null constraint invitations_token_key unique,
  email_digest bytea not null,
  email_sealed bytea not null,
  role text not null,
  -- The actor, as in the record.
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  accepted_at timestamptz,
  accepted_by text constraint invitations_user_fkey references users (user_id),
  constraint invitations_pkey primary key (tenant_id, invitation_id),
  constraint invitations_accepted_check check ((accepted_at is null) = (accepted_by is null))
);
create index invitations_email_idx on invitations (email_digest) where accepted_at is null and revoked_at is null;

-- The first owner comes by one of these, and only one of them is ever used.
create table setup_links (
  token_hash bytea constraint setup_links_pkey primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create unique index setup_links_used_key on setup_links ((true)) where used_at is not null;

-- Tries at an e-mail address, whether or not anybody has it: who guesses learns nothing from what is kept.
create table sign_in_tries (
  email_digest bytea constraint sign_in_tries_pkey primary key,
  tries integer not null,
  last_try_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_tries_old_idx on sign_in_tries (last_try_at);

-- What was asked of a browser and waits for its answer; gone with the answer.
create table challenges (
  challenge_hash bytea constraint challenges_pkey primary key,
  purpose text not null,
  -- Whom alone it is for: a session, a link, a cookie.
  holder text not null,
  -- The person to be, or what must be kept secret until the answer.
  content_sealed bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index challenges_old_idx on challenges (expires_at);
