-- How a partner's notifications look and are signed. Those that stood before are of the first profile there was.

alter table webhook_endpoints
  add column profile text,
  add constraint webhook_endpoints_profile_check check (profile in ('bluecom', 'neopay'));

update webhook_endpoints set profile = 'bluecom' where dialect = 'partner';

alter table webhook_endpoints
  add constraint webhook_endpoints_profiled_check check ((dialect = 'partner') = (profile is not null));
