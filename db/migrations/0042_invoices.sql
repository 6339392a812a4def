-- Invoices and credit notes: drafts, which may change, and documents, which never do.

-- Who sells, at which rates, and how documents are numbered.
create table invoicing_settings (
  tenant_id text not null,
  mode text not null,
  settings jsonb not null,
  updated_at timestamptz not null,
  constraint invoicing_settings_pkey primary key (tenant_id, mode),
  constraint invoicing_settings_mode_check check (mode in ('live', 'test'))
);

-- The last number of each series and fiscal year. Whoever takes the next one holds the row until its document stands.
create table invoice_counters (
  tenant_id text not null,
  mode text not null,
  kind text not null,
  series text not null,
  fiscal_year integer not null,
  last_sequence integer not null,
  -- Numbers go up with time, whatever the clocks of several processes say.
  last_issued_at timestamptz not null,
  last_issue_date text not null,
  constraint invoice_counters_pkey primary key (tenant_id, mode, kind, series, fiscal_year)
);

create table invoices (
  tenant_id text not null,
  -- inv_…, or cn_… of a credit note.
  invoice_id text not null,
  mode text not null,
  kind text not null,
  status text not null,
  version integer not null,
  reference text,
  series text not null,
  currency text not null,
  prices text not null,
  rounding text not null,
  -- Days to pay, language, note, day of supply and what else the document says once.
  terms jsonb not null,
  customer_sealed bytea not null,
  net bigint not null,
  tax_amount bigint not null,
  gross bigint not null,
  corrects_invoice_id text,
  reason text,
  -- What the issue adds: the number, and the seller as it was on that day.
  fiscal_year integer,
  sequence integer,
  number text,
  issue_date text,
  due_date text,
  issued_at timestamptz,
  seller jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint invoices_pkey primary key (tenant_id, invoice_id),
  constraint invoices_reference_key unique (tenant_id, mode, reference),
  constraint invoices_number_key unique (tenant_id, mode, number),
  constraint invoices_sequence_key unique (tenant_id, mode, kind, series, fiscal_year, sequence),
  constraint invoices_corrects_fkey foreign key (tenant_id, corrects_invoice_id)
    references invoices (tenant_id, invoice_id),
  constraint invoices_mode_check check (mode in ('live', 'test')),
  constraint invoices_kind_check check (kind in ('invoice', 'credit_note')),
  constraint invoices_prices_check check (prices in ('net', 'gross')),
  constraint invoices_rounding_check check (rounding in ('half_up', 'half_even')),
  constraint invoices_amounts_check check (
    net >= 0 and tax_amount >= 0 and gross = net + tax_amount and gross between 1 and 999999999999
  ),
  constraint invoices_credit_check check (
    (kind = 'credit_note') = (corrects_invoice_id is not null) and (kind = 'credit_note') = (reason is not null)
  ),
  constraint invoices_status_check check (
    case status
      when 'draft' then num_nonnulls(fiscal_year, sequence, number, issue_date, due_date, issued_at, seller) = 0
      when 'issued' then num_nulls(fiscal_year, sequence, number, issue_date, due_date, issued_at, seller) = 0
      else false
    end
  ),
  constraint invoices_dates_check check (
    issue_date ~ '^\d{4}-\d\d-\d\d$' and due_date ~ '^\d{4}-\d\d-\d\d$' and due_date >= issue_date
  )
);
create index invoices_list_idx on invoices (tenant_id, mode, invoice_id desc);
create index invoices_status_idx on invoices (tenant_id, mode, status, kind, invoice_id desc);
create index invoices_corrects_idx on invoices (tenant_id, corrects_invoice_id) where corrects_invoice_id is not null;

create table invoice_lines (
  tenant_id text not null,
  invoice_id text not null,
  position integer not null,
  description text not null,
  sku text,
  unit text not null,
  -- Ten-thousandths, as is what the price is for.
  quantity bigint not null,
  per bigint not null,
  unit_amount bigint not null,
  discount bigint not null,
  category text not null,
  -- Thousandths of a percent.
  rate integer not null,
  -- What the line costs in the terms of its price, and before tax.
  amount bigint not null,
  net bigint not null,
  constraint invoice_lines_pkey primary key (tenant_id, invoice_id, position),
  constraint invoice_lines_invoice_fkey foreign key (tenant_id, invoice_id)
    references invoices (tenant_id, invoice_id) on delete cascade,
  constraint invoice_lines_amounts_check check (
    quantity > 0 and per > 0 and unit_amount > 0 and discount >= 0 and amount > 0 and net >= 0 and net <= amount
  ),
  constraint invoice_lines_rate_check check (
    category in ('standard', 'zero', 'exempt', 'reverse_charge', 'intra_community', 'export', 'outside_scope')
    and case category when 'standard' then rate between 1 and 100000 else rate = 0 end
  )
);

create table invoice_tax_groups (
  tenant_id text not null,
  invoice_id text not null,
  category text not null,
  rate integer not null,
  net bigint not null,
  tax_amount bigint not null,
  constraint invoice_tax_groups_pkey primary key (tenant_id, invoice_id, category, rate),
  constraint invoice_tax_groups_invoice_fkey foreign key (tenant_id, invoice_id)
    references invoices (tenant_id, invoice_id) on delete cascade,
  constraint invoice_tax_groups_amounts_check check (net >= 0 and tax_amount >= 0)
);

-- The payments that settle an invoice; each settles one at most.
create table invoice_payments (
  tenant_id text not null,
  invoice_id text not null,
  payment_id text not null,
  constraint invoice_payments_pkey primary key (tenant_id, invoice_id, payment_id),
  constraint invoice_payments_payment_key unique (tenant_id, payment_id),
  constraint invoice_payments_invoice_fkey foreign key (tenant_id, invoice_id)
    references invoices (tenant_id, invoice_id) on delete cascade,
  constraint invoice_payments_payment_fkey foreign key (tenant_id, payment_id)
    references payments (tenant_id, payment_id)
);

-- What was issued stays as it was, whoever writes. Personal data alone is sealed anew when keys change.
create function keep_issued_invoice() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception 'an invoice begins as a draft' using errcode = 'check_violation', constraint = 'invoices_status_check';
    end if;
    return new;
  end if;
  if old.status = 'issued'
    and (tg_op = 'DELETE' or to_jsonb(old) - 'customer_sealed' is distinct from to_jsonb(new) - 'customer_sealed') then
    raise exception 'issued invoices do not change' using errcode = 'check_violation', constraint = 'invoices_issued_check',
      hint = 'Correct an invoice with a credit note.';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger invoices_kept before insert or update or delete on invoices
  for each row execute function keep_issued_invoice();
create trigger invoices_not_truncated before truncate on invoices
  for each statement execute function refuse_change();

create function keep_issued_parts() returns trigger language plpgsql as $$
begin
  if exists (
    select from (select distinct tenant_id, invoice_id from changed) c
    join invoices i using (tenant_id, invoice_id) where i.status = 'issued'
  ) then
    raise exception 'issued invoices do not change' using errcode = 'check_violation', constraint = 'invoices_issued_check';
  end if;
  return null;
end $$;
create trigger invoice_lines_added after insert on invoice_lines
  referencing new table as changed for each statement execute function keep_issued_parts();
create trigger invoice_lines_removed after delete on invoice_lines
  referencing old table as changed for each statement execute function keep_issued_parts();
create trigger invoice_lines_stay before update or truncate on invoice_lines
  for each statement execute function refuse_change();
create trigger invoice_tax_groups_added after insert on invoice_tax_groups
  referencing new table as changed for each statement execute function keep_issued_parts();
create trigger invoice_tax_groups_removed after delete on invoice_tax_groups
  referencing old table as changed for each statement execute function keep_issued_parts();
create trigger invoice_tax_groups_stay before update or truncate on invoice_tax_groups
  for each statement execute function refuse_change();

-- An issue is what it says: its sums are those of its lines, its number is the next, and credit notes together take no
-- more of a rate than the invoice has.
create function check_issue() returns trigger language plpgsql as $$
begin
  if exists (
    select from (
      select category, rate, sum(net) as net from invoice_lines
      where tenant_id = new.tenant_id and invoice_id = new.invoice_id group by category, rate
    ) l
    full join (
      select category, rate, net from invoice_tax_groups
      where tenant_id = new.tenant_id and invoice_id = new.invoice_id
    ) g using (category, rate)
    where l.net is distinct from g.net
  ) or not exists (
    select from invoice_tax_groups where tenant_id = new.tenant_id and invoice_id = new.invoice_id
    having sum(net) = new.net and sum(tax_amount) = new.tax_amount
  ) then
    raise exception 'the sums of % are not those of its lines', new.invoice_id
      using errcode = 'check_violation', constraint = 'invoices_amounts_check', table = 'invoices';
  end if;
  if not exists (
    select from invoice_counters c
    where (c.tenant_id, c.mode, c.kind, c.series, c.fiscal_year) = (new.tenant_id, new.mode, new.kind, new.series, new.fiscal_year)
      and c.last_sequence = new.sequence and c.last_issued_at = new.issued_at and c.last_issue_date = new.issue_date
  ) then
    raise exception 'the number of % was not taken from its counter', new.invoice_id
      using errcode = 'check_violation', constraint = 'invoices_sequence_check', table = 'invoices';
  end if;
  if new.kind = 'credit_note' then
    perform from invoices i where i.tenant_id = new.tenant_id and i.invoice_id = new.corrects_invoice_id
      and i.kind = 'invoice' and i.status = 'issued' and i.currency = new.currency and i.mode = new.mode for no key update;
    if not found or exists (
      select from (
        select g.category, g.rate, sum(g.net) as net, sum(g.tax_amount) as tax_amount
        from invoices n join invoice_tax_groups g using (tenant_id, invoice_id)
        where n.tenant_id = new.tenant_id and n.corrects_invoice_id = new.corrects_invoice_id and n.status = 'issued'
        group by g.category, g.rate
      ) taken
      left join invoice_tax_groups has on has.tenant_id = new.tenant_id and has.invoice_id = new.corrects_invoice_id
        and has.category = taken.category and has.rate = taken.rate
      where taken.net > coalesce(has.net, 0) or taken.tax_amount > coalesce(has.tax_amount, 0)
    ) then
      raise exception 'credit notes take more than % has', new.corrects_invoice_id
        using errcode = 'check_violation', constraint = 'invoices_credited_check', table = 'invoices';
    end if;
  end if;
  return null;
end $$;
create trigger invoices_issued after update on invoices for each row
  when (old.status = 'draft' and new.status = 'issued') execute function check_issue();

-- Numbers have no gaps: a counter moves by one, with the document that bears the number, or not at all.
create function check_counter() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'counters of invoices stay' using errcode = 'insufficient_privilege';
  end if;
  if new.last_sequence <> (case when tg_op = 'INSERT' then 1 else old.last_sequence + 1 end)
    or (tg_op = 'UPDATE' and (new.last_issued_at < old.last_issued_at or new.last_issue_date < old.last_issue_date)) then
    raise exception 'counters of invoices go up by one' using errcode = 'check_violation',
      constraint = 'invoice_counters_step_check', table = 'invoice_counters';
  end if;
  return new;
end $$;
create trigger invoice_counters_step before insert or update or delete on invoice_counters
  for each row execute function check_counter();
create trigger invoice_counters_stay before truncate on invoice_counters
  for each statement execute function refuse_change();

create function check_number_used() returns trigger language plpgsql as $$
begin
  if not exists (
    select from invoices i
    where (i.tenant_id, i.mode, i.kind, i.series, i.fiscal_year, i.sequence)
      = (new.tenant_id, new.mode, new.kind, new.series, new.fiscal_year, new.last_sequence)
  ) then
    raise exception 'number % was taken and not used', new.last_sequence using errcode = 'check_violation',
      constraint = 'invoice_counters_used_check', table = 'invoice_counters';
  end if;
  return null;
end $$;
create constraint trigger invoice_counters_used after insert or update on invoice_counters
  deferrable initially deferred for each row execute function check_number_used();
