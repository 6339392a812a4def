module tollgate.example/receiver

go 1.21
