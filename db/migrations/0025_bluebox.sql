-- Payments made through Bluebox lead the shopper back in its words, without a page of ours in between.
alter table payments
  add column return_style text not null default 'plain',
  add constraint payments_return_style_check check (return_style in ('plain', 'bluebox'));
alter table payments alter column return_style drop default;
